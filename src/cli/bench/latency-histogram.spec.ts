// Percentiles from buckets.
import { expect, it } from 'vitest';
import { LatencyHistogram } from './latency-histogram.js';

it('gives percentiles at most 3.2 % above the true ones, and the exact maximum', () => {
  const histogram = new LatencyHistogram();
  for (let ms = 1; ms <= 1000; ms++) histogram.add(ms);
  for (const percent of [1, 50, 90, 99]) {
    const exact = percent * 10;
    expect(histogram.percentile(percent)).toBeGreaterThanOrEqual(exact);
    expect(histogram.percentile(percent)).toBeLessThanOrEqual(exact * 1.032);
  }
  expect(histogram.percentile(100)).toBe(1000);
  expect(histogram.max).toBe(1000);
  expect(histogram.count).toBe(1000);
});

it('takes what is shorter or longer than its buckets', () => {
  const histogram = new LatencyHistogram();
  expect(histogram.percentile(50)).toBe(0);
  for (const ms of [0, 0.001, 10 ** 9]) histogram.add(ms);
  expect(histogram.percentile(50)).toBeLessThanOrEqual(0.01);
  expect(histogram.max).toBe(10 ** 9);
});
