// Schemas in few words.
import { nameOf, type Schema } from './documents.js';

type Schemas = Readonly<Record<string, Schema>>;

/** What a schema is once references are followed. */
export function resolved(schema: Schema, schemas: Schemas): Schema {
  const [only] = schema.allOf ?? [];
  const reference = schema.$ref ?? only?.$ref;
  const target = reference === undefined ? undefined : schemas[nameOf(reference)];
  return target === undefined ? schema : { ...target, ...(schema.description !== undefined && { description: schema.description }) };
}

/** Its type, such as `string or null`, or `RoomAnswer[]`. */
export function typeWords(schema: Schema): string {
  const reference = schema.$ref ?? schema.allOf?.[0]?.$ref;
  if (reference !== undefined) return nameOf(reference);
  if (schema.anyOf !== undefined) return schema.anyOf.map(typeWords).join(' or ');
  if ('const' in schema) return JSON.stringify(schema.const);
  if (schema.type === undefined) return 'anything';
  const types = [schema.type].flat();
  return types.map((type) => (type === 'array' && schema.items !== undefined ? `${typeWords(schema.items)}[]` : type)).join(' or ');
}

/** What its values must fulfil beyond their type. */
export function ruleWords({ enum: values, format, pattern, default: byDefault, minimum, maximum, minLength, maxLength, maxItems, items }: Schema): string[] {
  return [
    values === undefined ? '' : `one of ${values.map((value) => JSON.stringify(value)).join(', ')}`,
    format === undefined ? '' : format,
    minimum === undefined ? '' : `at least ${minimum}`,
    maximum === undefined || maximum === Number.MAX_SAFE_INTEGER ? '' : `at most ${maximum}`,
    minLength === undefined ? '' : `${minLength} or more characters`,
    maxLength === undefined ? '' : `at most ${maxLength} characters`,
    maxItems === undefined ? '' : `at most ${maxItems} items`,
    pattern === undefined ? '' : `matches ${pattern}`,
    items?.pattern === undefined ? '' : `each matches ${items.pattern}`,
    byDefault === undefined ? '' : `default ${JSON.stringify(byDefault)}`,
  ].filter((words) => words !== '');
}

/** Every kind of object that a value may be, once references are followed: one of them, unless it says "any of". */
export function objectsOf(schema: Schema, schemas: Schemas): Schema[] {
  const found = resolved(schema, schemas);
  if (found.anyOf !== undefined) return found.anyOf.flatMap((one) => objectsOf(one, schemas));
  if (found.items !== undefined) return objectsOf(found.items, schemas);
  return found.properties === undefined ? [] : [found];
}
