// What is decided once for everybody who receives the same.
import { describe, expect, it } from 'vitest';
import type { Audience } from './audience.js';
import { encodeChunk } from './encoded-chunk.js';
import { Selections } from './selections.js';

const chunk = encodeChunk('r', ['message', 'news'].map((type, i) => ({ seq: i + 1, incarnation: 0, type, data: '{}', at: 0 })), 1, 2);

function audience(key: string, asked: string[] = []): Audience {
  return { key, receives: (type) => asked.push(type) > 0 && type === key };
}

describe('the selections of a chunk', () => {
  it('are one for each key, whoever asks', () => {
    const asked: string[] = [];
    const selections = new Selections(chunk);
    const first = selections.of(audience('news', asked), undefined);
    expect(selections.of(audience('news', asked), undefined)).toBe(first);
    expect(asked).toEqual(['message', 'news']);
    expect(selections.of(audience('message'), undefined)).not.toBe(first);
  });

  it('are the chunk itself for those who receive everything', () => {
    expect(new Selections(chunk).of(undefined, undefined)).toBe(chunk);
  });
});
