// Which bucket a value belongs to.
import { describe, expect, it } from 'vitest';
import { Histogram } from './histogram.js';

describe('a histogram', () => {
  it('counts a value in the lowest bucket whose bound it does not exceed, and above all in one more', () => {
    const histogram = new Histogram([1, 10]);
    for (const value of [0, 1, 1.5, 10, 11]) histogram.observe(value);
    expect(histogram.counts).toEqual([2, 2, 1]);
    expect([histogram.count, histogram.sum]).toEqual([5, 23.5]);
  });

  it('counts a value as often as it is told to', () => {
    const histogram = new Histogram([1]);
    histogram.observe(0.5, 1000);
    expect([histogram.counts, histogram.count, histogram.sum]).toEqual([[1000, 0], 1000, 500]);
  });
});
