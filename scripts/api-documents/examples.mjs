// An example of what a schema describes, made of the examples of its parts.

/** @param components What the schema's references lead to, by name. */
export function exampleOf(schema, components) {
  if (schema.$ref !== undefined) return exampleOf(resolved(schema, components), components);
  if (schema.examples !== undefined) return schema.examples[0];
  if (schema.const !== undefined) return schema.const;
  if (schema.enum !== undefined) return schema.enum[0];
  const [first] = schema.anyOf ?? [];
  if (first !== undefined) return exampleOf(first, components);
  const [type] = [schema.type].flat();
  if (type === 'object') return objectOf(schema, components);
  if (type === 'array') return resolved(schema.items, components).examples ?? [exampleOf(schema.items, components)];
  if (schema.default !== undefined) return schema.default;
  return { string: 'text', boolean: false, null: null, integer: schema.minimum ?? 1, number: schema.minimum ?? 0.5 }[type] ?? {};
}

/** Several, where a schema describes different things: one of each. */
export function examplesOf(schema, components) {
  const { anyOf, examples = anyOf?.flatMap((one) => examplesOf(one, components)) } = resolved(schema, components);
  return examples ?? [exampleOf(schema, components)];
}

function resolved(schema, components) {
  return schema.$ref === undefined ? schema : components[schema.$ref.split('/').pop()];
}

/** Every field that has to be there, and of the others those that have an example of their own. */
function objectOf({ properties = {}, required = [] }, components) {
  const shown = Object.entries(properties).filter(([name, { examples }]) => required.includes(name) || (examples !== undefined && !SHOWN_ELSEWHERE.has(name)));
  return Object.fromEntries(shown.map(([name, property]) => [name, exampleOf(property, components)]));
}

/** Fields that would mislead where they are not needed. */
const SHOWN_ELSEWHERE = new Set(['next_cursor', 'next_after', 'cursor', 'traceparent', 'retry_after', 'banned_until', 'reason', 'client_id']);
