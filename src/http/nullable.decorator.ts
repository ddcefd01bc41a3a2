// Fields of bodies in which null says something.

const nullable = new WeakMap<object, Set<PropertyKey>>();

/** Null is passed on; in a field without this it means what leaving the field out means. */
export function Nullable(): PropertyDecorator {
  return (prototype, field) => {
    const fields = nullable.get(prototype) ?? new Set();
    nullable.set(prototype, fields.add(field));
  };
}

/** Removes fields that are null, but for those marked with {@link Nullable}. */
export function withoutNulls<T extends object>(instance: T): T {
  for (const [field, value] of Object.entries(instance)) {
    if (value === null && !isNullable(instance, field)) Reflect.deleteProperty(instance, field);
  }
  return instance;
}

function isNullable(instance: object, field: string): boolean {
  for (let prototype: unknown = Object.getPrototypeOf(instance); typeof prototype === 'object' && prototype !== null; prototype = Object.getPrototypeOf(prototype)) {
    if (nullable.get(prototype)?.has(field) === true) return true;
  }
  return false;
}
