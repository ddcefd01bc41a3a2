// The waits between attempts to connect.
import { expect, it } from 'vitest';
import { BackOff } from './back-off.js';

const backOffOf = (random: number): BackOff => new BackOff(500, 30_000, () => random);
const waits = (backOff: BackOff, attempts: number): number[] => Array.from({ length: attempts }, () => backOff.next());

it('doubles the longest wait up to the last', () => {
  expect(waits(backOffOf(1), 8)).toEqual([500, 1000, 2000, 4000, 8000, 16_000, 30_000, 30_000]);
});

it('takes any part of it, down to none', () => {
  expect(waits(backOffOf(0.5), 3)).toEqual([250, 500, 1000]);
  expect(waits(backOffOf(0), 3)).toEqual([0, 0, 0]);
});

it('begins with the last where it has to come back slowly', () => {
  expect(backOffOf(0.5).next(true)).toBe(15_000);
});

it('begins anew after a success', () => {
  const backOff = backOffOf(1);
  waits(backOff, 5);
  backOff.reset();
  expect(backOff.next()).toBe(500);
});

it('stays bounded however long the server is away', () => {
  const backOff = backOffOf(1);
  waits(backOff, 5000);
  expect(backOff.next()).toBe(30_000);
});
