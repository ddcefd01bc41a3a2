// The trace that a publisher names (https://www.w3.org/TR/trace-context/#traceparent-header).

const TRACEPARENT = /^(?!ff)[0-9a-f]{2}-(?!0{32})[0-9a-f]{32}-(?!0{16})[0-9a-f]{16}-[0-9a-f]{2}$/;

/** The `traceparent`, if it is one. What is none is ignored (§3.2.2.5): nobody's notification is refused for its trace. */
export function traceparentOf(value: unknown): string | undefined {
  return typeof value === 'string' && TRACEPARENT.test(value) ? value : undefined;
}
