// The numbers of the last minutes: asked for every two seconds while somebody is signed in, whichever view is shown.
import { effect, signal } from '@preact/signals';
import { request } from '../api/api.js';
import { operatorToken } from '../session.js';
import { type Sample, toSample } from './sample.js';
import type { StatsAnswer } from './stats-answer.js';

/** Between two questions. */
const INTERVAL_MS = 2_000;

/** A quarter of an hour. */
const MAX_SAMPLES = 450;

/** The newest answer; undefined before the first. */
export const newest = signal<StatsAnswer | undefined>(undefined);

/** Oldest first. */
export const samples = signal<readonly Sample[]>([]);

/** Why the newest question failed; undefined when it did not. */
export const failure = signal<unknown>(undefined);

/** Whether the numbers stand still, at somebody's wish (WCAG 2.2.2). What is asked for goes on. */
export const paused = signal(false);

/** Begins asking, and stops when nobody is signed in. */
export function startSampling(): void {
  effect(() => {
    const token = operatorToken.value;
    newest.value = undefined;
    samples.value = [];
    failure.value = undefined;
    if (token === '') return undefined;
    const ending = new AbortController();
    void sampleUntil(ending.signal);
    return () => ending.abort();
  });
}

async function sampleUntil(signal: AbortSignal): Promise<void> {
  while (!signal.aborted) {
    await takeSample(signal);
    await new Promise((resolve) => setTimeout(resolve, INTERVAL_MS));
  }
}

async function takeSample(signal: AbortSignal): Promise<void> {
  try {
    const answer = await request<StatsAnswer>('GET', 'stats', { signal });
    const before = newest.peek();
    if (before !== undefined) samples.value = [...samples.peek(), toSample(before, answer)].slice(-MAX_SAMPLES);
    newest.value = answer;
    failure.value = undefined;
  } catch (error) {
    if (!signal.aborted) failure.value = error;
  }
}
