// What becomes of a body before a route sees it.
import { IsInt, IsObject, IsOptional, IsString, Matches, MaxLength } from 'class-validator';
import { describe, expect, it } from 'vitest';
import { type ChatError } from '../protocol/index.js';
import { MaxJsonBytes } from './max-json-bytes.decorator.js';
import { Nullable } from './nullable.decorator.js';
import { validated } from './validated.js';

class Body {
  @IsString()
  @MaxLength(5)
  name!: string;

  @IsOptional()
  @IsInt()
  count?: number;

  @IsOptional()
  @Matches(/^[a-z]+$/, { each: true })
  tags?: string[];

  @IsOptional()
  @IsObject()
  @MaxJsonBytes(30)
  metadata?: Record<string, unknown>;

  @Nullable()
  @IsOptional()
  @IsString()
  cleared?: string | null;
}

function refusalOf(value: unknown): ChatError {
  try {
    validated(Body, value);
  } catch (error) {
    return error as ChatError;
  }
  return expect.unreachable('the body was accepted');
}

function nested(levels: number): unknown {
  return levels === 0 ? 1 : { inner: nested(levels - 1) };
}

describe('validated', () => {
  it('keeps the fields of the class and drops all others', () => {
    const body = validated(Body, { name: 'a', count: 1, is_admin: true });
    expect(body).toBeInstanceOf(Body);
    expect({ ...body }).toEqual({ name: 'a', count: 1 });
  });

  it('takes null for absent, but where it says something', () => {
    expect({ ...validated(Body, { name: 'a', count: null, tags: null, cleared: null }) }).toEqual({ name: 'a', cleared: null });
    expect(refusalOf({ name: null }).details).toHaveProperty('errors.name');
  });

  it('leaves free-form objects as they came', () => {
    const metadata = { b: [1, { c: null }], a: '' };
    expect(JSON.stringify(validated(Body, { name: 'a', metadata }).metadata)).toBe(JSON.stringify(metadata));
  });

  it('says of each field what is wrong, without repeating what was sent', () => {
    const error = refusalOf({ name: 'much too long', count: 'a secret', tags: ['ok', 'NOT'] });
    expect(error.code).toBe('VALIDATION_ERROR');
    expect(error.details).toEqual({ errors: { name: [expect.any(String)], count: [expect.any(String)], tags: [expect.any(String)] } });
    expect(JSON.stringify(error.details)).not.toMatch(/much too long|a secret|NOT/);
  });

  it.each([[null], [undefined], ['text'], [7], [[]]])('refuses %j, which is no object', (value) => {
    expect(refusalOf(value).code).toBe('VALIDATION_ERROR');
  });

  it('measures JSON in bytes of UTF-8', () => {
    expect(validated(Body, { name: 'a', metadata: { k: 'x'.repeat(22) } }).metadata).toBeDefined();
    expect(refusalOf({ name: 'a', metadata: { k: 'x'.repeat(23) } }).details).toHaveProperty('errors.metadata');
    expect(refusalOf({ name: 'a', metadata: { k: 'é'.repeat(12) } }).details).toHaveProperty('errors.metadata');
  });

  it('takes 16 levels of nesting and refuses 17, or 100,000', () => {
    const deep = JSON.parse('{"a":'.repeat(100_000) + '1' + '}'.repeat(100_000)) as unknown;
    expect(validated(Body, { name: 'a', ignored: nested(15) })).toBeInstanceOf(Body);
    expect(refusalOf({ name: 'a', ignored: nested(16) }).message).toMatch(/16 levels/);
    expect(refusalOf(deep).message).toMatch(/16 levels/);
  });

  it.each(['__proto__', 'constructor', 'prototype'])('refuses the key %s, at any level', (key) => {
    for (const text of [`{"name":"a","${key}":{}}`, `{"name":"a","metadata":{"x":[{"${key}":1}]}}`]) {
      expect(refusalOf(JSON.parse(text)).message).toMatch(/forbidden key/);
    }
  });
});
