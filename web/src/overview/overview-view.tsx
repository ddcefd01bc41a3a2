// How the servers are now, and how they were in the last minutes.
import type { VNode } from 'preact';
import { useRef } from 'preact/hooks';
import { ErrorNote, LoadingRows } from '../components/notes.js';
import { ViewHead } from '../components/view-head.js';
import { Health } from './health.js';
import { NodesTable } from './nodes-table.js';
import { Plots } from './plots.js';
import type { Sample } from './sample.js';
import { failure, newest, paused, samples } from './sampler.js';
import type { StatsAnswer } from './stats-answer.js';
import { Tiles } from './tiles.js';

interface Shown {
  stats: StatsAnswer | undefined;
  samples: readonly Sample[];
}

export function OverviewView(): VNode {
  const shown = useShown();
  return (
    <>
      <ViewHead title="Overview" text="All servers together; the last quarter of an hour.">
        <Health />
        <button type="button" aria-pressed={paused.value} onClick={() => (paused.value = !paused.value)}>
          {paused.value ? 'Go on' : 'Pause'}
        </button>
      </ViewHead>
      {failure.value !== undefined && <ErrorNote error={failure.value} />}
      {shown.stats === undefined && failure.value === undefined && <LoadingRows what="the numbers" />}
      {shown.stats !== undefined && (
        <>
          <Tiles stats={shown.stats} samples={shown.samples} />
          <Plots samples={shown.samples} />
          <NodesTable stats={shown.stats} />
        </>
      )}
    </>
  );
}

/** The numbers, which stand still while that is wished for. */
function useShown(): Shown {
  const current: Shown = { stats: newest.value, samples: samples.value };
  const kept = useRef(current);
  if (!paused.value) kept.current = current;
  return kept.current;
}
