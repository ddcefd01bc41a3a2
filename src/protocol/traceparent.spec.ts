// What counts as a `traceparent`.
import { describe, expect, it } from 'vitest';
import { traceparentOf } from './traceparent.js';

const TRACE = '4bf92f3577b34da6a3ce929d0e0e4736';
const SPAN = '00f067aa0ba902b7';

describe('traceparentOf', () => {
  it.each([`00-${TRACE}-${SPAN}-01`, `00-${TRACE}-${SPAN}-00`, `cc-${TRACE}-${SPAN}-ff`])('takes %s', (value) => {
    expect(traceparentOf(value)).toBe(value);
  });

  it.each([
    undefined,
    null,
    7,
    [`00-${TRACE}-${SPAN}-01`],
    '',
    `ff-${TRACE}-${SPAN}-01`,
    `00-${'0'.repeat(32)}-${SPAN}-01`,
    `00-${TRACE}-${'0'.repeat(16)}-01`,
    `00-${TRACE.toUpperCase()}-${SPAN}-01`,
    `00-${TRACE}-${SPAN}`,
    ` 00-${TRACE}-${SPAN}-01`,
    `00-${TRACE}-${SPAN}-01\n`,
  ])('ignores %j', (value) => {
    expect(traceparentOf(value)).toBeUndefined();
  });
});
