// Histograms: what came between two states, several as one, and quantiles.
import { describe, expect, it } from 'vitest';
import { addHistograms, grown, quantile } from './histogram.js';
import type { HistogramAnswer } from './stats-answer.js';

/** A histogram with the bounds 1, 2, 4 and none, from how many fell into each. */
function histogram(...inside: [number, number, number, number]): HistogramAnswer {
  let count = 0;
  const buckets = inside.map((many, index) => ({ le: [1, 2, 4, null][index] ?? null, count: (count += many) }));
  return { count, sum: 0, buckets };
}

describe('grown', () => {
  it('is what came in between', () => {
    expect(grown(histogram(1, 2, 0, 0), histogram(1, 5, 1, 1))).toEqual(histogram(0, 3, 1, 1));
  });
});

describe('addHistograms', () => {
  it('counts what all have', () => {
    expect(addHistograms([histogram(1, 0, 2, 0), histogram(0, 3, 0, 1)])).toEqual(histogram(1, 3, 2, 1));
  });

  it('is nothing without any', () => {
    expect(quantile(addHistograms([]), 0.5)).toBeUndefined();
  });
});

describe('quantile', () => {
  it('rises evenly within a bucket', () => {
    expect(quantile(histogram(0, 4, 0, 0), 0.5)).toBe(1.5);
    expect(quantile(histogram(2, 0, 2, 0), 0.75)).toBe(3);
    expect(quantile(histogram(10, 0, 0, 0), 0.9)).toBeCloseTo(0.9);
  });

  it('is the last bound for what lies past it', () => {
    expect(quantile(histogram(1, 0, 0, 9), 0.99)).toBe(4);
  });

  it('is unknown when nothing was measured', () => {
    expect(quantile(histogram(0, 0, 0, 0), 0.5)).toBeUndefined();
  });
});
