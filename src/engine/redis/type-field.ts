// A type as entries and publications hold it: behind a space, which no type holds, stands the trace of a notification that has one.

/** The field of an entry. */
export function typeField(type: string, traceparent: string | undefined): string {
  return traceparent === undefined ? type : `${type} ${traceparent}`;
}

/** What a field holds, as members of an entry. */
export function readTypeField(field: string): { type: string; traceparent?: string } {
  const end = field.indexOf(' ');
  return end === -1 ? { type: field } : { type: field.slice(0, end), traceparent: field.slice(end + 1) };
}
