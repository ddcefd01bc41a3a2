// Schemas allow what they do not name. Tests of what is documented must not.

/** A copy of a document in which no object has properties that its schema does not name, unless that says so itself. */
export function closed<T>(value: T): T {
  if (Array.isArray(value)) return value.map(closed) as T;
  if (typeof value !== 'object' || value === null) return value;
  const copy = Object.fromEntries(Object.entries(value).map(([key, part]) => [key, isData(key) ? (part as unknown) : closed(part as unknown)]));
  const isOpen = copy.type === 'object' && copy.properties !== undefined && copy.additionalProperties === undefined;
  return (isOpen ? { ...copy, additionalProperties: false } : copy) as T;
}

/** Where values stand, not schemas. */
function isData(key: string): boolean {
  return ['example', 'examples', 'const', 'enum', 'default'].includes(key);
}
