// A page as a story: each of its blocks is a test, and the first that fails ends it.
import { afterAll, beforeAll, describe, it } from 'vitest';
import type { CodeBlock } from '../markdown.js';
import { Walk } from './walk.js';

const BEGIN_MS = 150_000;
const STEP_MS = 270_000;

/** What the newcomer does that no block says. */
export interface Unsaid {
  /** Before the first block: what the page takes for granted. */
  readonly before?: (walk: Walk) => Promise<void>;
  readonly after?: (walk: Walk, step: CodeBlock) => Promise<void>;
}

export function followPage(page: string, { before, after }: Unsaid = {}): void {
  describe(page, () => {
    let walk: Walk;
    let hasFailed = false;

    beforeAll(async () => {
      walk = await Walk.begin();
      await before?.(walk);
    }, BEGIN_MS);
    afterAll(() => walk.end());

    const steps = Walk.steps(page).map((step) => [`line ${step.line}: ${step.text.split('\n')[0]}`, step] as const);
    it.each(steps)('%s', async (_, step) => {
      if (hasFailed) throw new Error('An earlier block has failed');
      hasFailed = true;
      await walk.follow(step);
      await after?.(walk, step);
      hasFailed = false;
    }, STEP_MS);
  });
}
