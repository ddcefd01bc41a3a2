// Limits on JSON from strangers.
import { describe, expect, it } from 'vitest';
import { findDangerousKey, isDeeperThan, isJsonObject, MAX_JSON_DEPTH } from './json-guard.js';

const nested = (depth: number): string => '['.repeat(depth) + ']'.repeat(depth);

describe('the depth limit', () => {
  it('accepts the deepest text that is allowed, and nothing deeper', () => {
    expect(isDeeperThan(nested(MAX_JSON_DEPTH))).toBe(false);
    expect(isDeeperThan(nested(MAX_JSON_DEPTH + 1))).toBe(true);
  });

  it('counts objects and arrays alike', () => {
    expect(isDeeperThan('{"a":[{"b":[]}]}', 4)).toBe(false);
    expect(isDeeperThan('{"a":[{"b":[]}]}', 3)).toBe(true);
  });

  it('counts nesting and not how many there are', () => {
    expect(isDeeperThan(`[${'{},'.repeat(1_000)}[]]`, 2)).toBe(false);
  });

  it('refuses a text that is 100,000 deep, closed or not', () => {
    expect(isDeeperThan(nested(100_000))).toBe(true);
    expect(isDeeperThan('{"a":'.repeat(100_000))).toBe(true);
  });

  it('does not count brackets inside strings, even behind escaped quotes', () => {
    expect(isDeeperThan('{"a":"[[[[\\"[[[[","b":"\\\\"}', 1)).toBe(false);
    expect(isDeeperThan('{"a":"\\\\","b":[[]]}', 2)).toBe(true);
  });
});

describe('the search for dangerous keys', () => {
  it.each(['__proto__', 'constructor', 'prototype'])('finds %s at any depth', (key) => {
    expect(findDangerousKey(JSON.parse(`{"a":[1,{"b":{"${key}":{}}}]}`))).toBe(key);
  });

  it('finds none among ordinary keys, nor in values', () => {
    expect(findDangerousKey({ proto: '__proto__', list: ['constructor'], nothing: null })).toBeUndefined();
    expect(findDangerousKey('__proto__')).toBeUndefined();
  });
});

describe('a JSON object', () => {
  it('is neither an array, nor null, nor a plain value', () => {
    expect(isJsonObject({})).toBe(true);
    for (const value of [[], null, 'a', 1, true, undefined]) expect(isJsonObject(value)).toBe(false);
  });
});
