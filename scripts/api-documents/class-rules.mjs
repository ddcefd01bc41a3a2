// The rules of class-validator that the fields of a class have, as JSON Schema.
import { getMetadataStorage } from 'class-validator';

/** A rule's keywords, by its name and what it was given. */
const KEYWORDS = {
  isString: () => ({ type: 'string' }),
  isBoolean: () => ({ type: 'boolean' }),
  isInt: () => ({ type: 'integer' }),
  isNumber: () => ({ type: 'number' }),
  isObject: () => ({ type: 'object' }),
  isArray: () => ({ type: 'array' }),
  isRFC3339: () => ({ type: 'string', format: 'date-time' }),
  min: ([minimum]) => ({ minimum }),
  max: ([maximum]) => ({ maximum }),
  isLength: ([minLength, maxLength]) => ({ minLength, maxLength }),
  maxLength: ([maxLength]) => ({ maxLength }),
  minLength: ([minLength]) => ({ minLength }),
  arrayMaxSize: ([maxItems]) => ({ maxItems }),
  isIn: ([values]) => ({ enum: values }),
  matches: ([pattern]) => ({ pattern: pattern.source }),
  // What these say is in the field's comment: JSON Schema has no words for it.
  maxJsonBytes: () => ({}),
  isTime: () => ({}),
};

/**
 * The class's fields, by name: keywords for the value and for each item of it, whether it may be left out, and its default.
 *
 * @throws Error for a rule that nobody has said the keywords of
 */
export function rulesOf(type) {
  const storage = getMetadataStorage();
  const grouped = storage.groupByPropertyName(storage.getTargetValidationMetadatas(type, '', false, false));
  const defaults = new type();
  return Object.fromEntries(Object.entries(grouped).map(([field, metadatas]) => [field, rulesOfField(type, field, metadatas, defaults[field])]));
}

function rulesOfField(type, field, metadatas, byDefault) {
  const rules = { value: {}, items: {}, optional: byDefault !== undefined, byDefault, conditional: false };
  for (const { type: kind, name, constraints, each, constraintCls } of metadatas) {
    if (kind === 'whitelistValidation') continue;
    if (kind === 'conditionalValidation') {
      if (name === 'isOptional') rules.optional = true;
      else rules.conditional = true;
      continue;
    }
    const ruleName = name ?? getMetadataStorage().getTargetValidatorConstraints(constraintCls)[0]?.name;
    const keywords = KEYWORDS[ruleName];
    if (keywords === undefined) throw new Error(`${type.name}.${field} has the rule ${ruleName}: say its keywords in scripts/api-documents/class-rules.mjs`);
    Object.assign(each ? rules.items : rules.value, keywords(constraints ?? []));
  }
  return rules;
}
