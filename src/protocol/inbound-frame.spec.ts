// What a client's frame may look like before anybody looks at its data.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ChatError } from './chat-error.js';
import { MAX_REF_LENGTH, parseInboundFrame } from './commands/index.js';

const refusal = (text: string): string => {
  try {
    parseInboundFrame(text);
  } catch (error) {
    if (error instanceof ChatError) return error.code;
    throw error;
  }
  return 'accepted';
};

describe('an inbound frame', () => {
  it('is a JSON object with a type, and data that is left as it is', () => {
    expect(parseInboundFrame('{"type":"message","ref":"1","data":{"room_id":"r","more":[1]}}')).toEqual({
      type: 'message',
      ref: '1',
      data: { room_id: 'r', more: [1] },
    });
  });

  it('has empty data when it names none', () => {
    expect(parseInboundFrame('{"type":"ping"}')).toEqual({ type: 'ping', data: {} });
    expect(parseInboundFrame('{"type":"ping","data":null}')).toEqual({ type: 'ping', data: {} });
  });

  it('loses fields that the envelope does not know', () => {
    expect(parseInboundFrame('{"type":"ping","id":7}')).toEqual({ type: 'ping', data: {} });
  });

  it.each([
    ['no JSON', 'hello'],
    ['empty', ''],
    ['cut off', '{"type":"ping"'],
    ['an array', '[{"type":"ping"}]'],
    ['null', 'null'],
    ['a string', '"ping"'],
    ['without a type', '{"data":{}}'],
    ['with a type that is no string', '{"type":1}'],
    ['with a ref that is no string', '{"type":"ping","ref":1}'],
    ['with a ref that is too long', JSON.stringify({ type: 'ping', ref: 'x'.repeat(MAX_REF_LENGTH + 1) })],
    ['100,000 deep', '{"type":"ping","data":' + '['.repeat(100_000)],
    ['with __proto__ as a key', '{"type":"ping","__proto__":{"admin":true}}'],
    ['with constructor as a key inside its data', '{"type":"ping","data":{"a":{"constructor":{}}}}'],
  ])('is refused when it is %s', (_what, text) => {
    expect(refusal(text)).toBe('INVALID_FRAME');
  });

  it('may have a ref of the greatest length', () => {
    const ref = 'x'.repeat(MAX_REF_LENGTH);
    expect(parseInboundFrame(JSON.stringify({ type: 'ping', ref })).ref).toBe(ref);
  });

  it('is either read or refused with INVALID_FRAME, whatever it holds', () => {
    const anyText = fc.oneof(fc.string(), fc.json(), fc.json().map((data) => `{"type":"message","data":${data}}`));
    fc.assert(fc.property(anyText, (text) => ['accepted', 'INVALID_FRAME'].includes(refusal(text))));
  });
});
