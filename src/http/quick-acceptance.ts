// Accepts what is plainly right by class-validator's own rules, at a hundredth of its cost. It refuses nothing: that is left to class-validator.
import { getMetadataStorage, type ValidatorConstraintInterface, type ValidationArguments } from 'class-validator';

type Constructor<T extends object> = new () => T;
type Fields = Record<string, unknown>;

interface Rule {
  readonly constraint: ValidatorConstraintInterface;
  readonly constraints: unknown[];
}

interface Field {
  readonly name: string;
  readonly isOptional: boolean;
  readonly rules: Rule[];
}

const plain = new WeakMap<object, readonly Field[] | undefined>();

/**
 * Marks the class of a body whose fields are taken as they come, so that it may be accepted quickly: it has no decorators of
 * class-transformer but that of `@JsonObject()`, and none of class-validator that look at more than one field.
 */
export function PlainFields(): ClassDecorator {
  return (type) => void plain.set(type, undefined);
}

/** An instance of a class marked with {@link PlainFields}; undefined when class-validator is to judge. */
export function acceptQuickly<T extends object>(type: Constructor<T>, value: Fields): T | undefined {
  if (!plain.has(type)) return undefined;
  let fields = plain.get(type);
  // Only now: the decorators of the fields have all run.
  if (fields === undefined) plain.set(type, (fields = fieldsOf(type)));
  const instance = new type();
  for (const field of fields) {
    const content = value[field.name];
    if (content === undefined || content === null) {
      if (!field.isOptional) return undefined;
      continue;
    }
    if (!accepts(type, instance, field, content)) return undefined;
    (instance as Fields)[field.name] = content;
  }
  return instance;
}

function accepts(type: Constructor<object>, object: object, { name, rules }: Field, value: unknown): boolean {
  for (const { constraint, constraints } of rules) {
    const told: ValidationArguments = { targetName: type.name, property: name, object, value, constraints };
    if (constraint.validate(value, told) !== true) return false;
  }
  return true;
}

/** @throws Error for a rule that cannot be told quickly: the class must not be marked */
function fieldsOf(type: Constructor<object>): Field[] {
  const storage = getMetadataStorage();
  const grouped = storage.groupByPropertyName(storage.getTargetValidationMetadatas(type, '', false, false));
  return Object.entries(grouped).map(([name, metadatas]) => {
    const isOptional = metadatas.some((metadata) => metadata.name === 'isOptional');
    const rules = metadatas
      .filter((metadata) => metadata.name !== 'isOptional')
      .flatMap(({ type: kind, constraintCls, constraints, each, validateIf }): Rule[] => {
        if (kind !== 'customValidation' || each || validateIf !== undefined) throw new Error(`${type.name}.${name} has a rule that @PlainFields() cannot tell`);
        return storage.getTargetValidatorConstraints(constraintCls).map(({ instance }) => ({ constraint: instance, constraints }));
      });
    return { name, isOptional, rules };
  });
}
