// Cutting the line, and what came of it.
import { useSignal } from '@preact/signals';
import type { VNode } from 'preact';
import { useId } from 'preact/hooks';
import { Badge } from '../components/badge.js';
import { duration, seconds } from '../format.js';
import { comeBack, cut, lineState, recovery } from './playground.js';
import type { Recovery } from './recovery.js';

/** How long it may stay away, in seconds. */
const AWAY_SECONDS = [0, 1, 5, 30, 120];
const DEFAULT_AWAY = 5;

export function RecoveryPanel(): VNode {
  const away = useSignal(DEFAULT_AWAY);
  const id = useId();
  const { state } = lineState.value;
  const newest = recovery.newest.value;
  return (
    <section class="panel" aria-labelledby={`${id}-title`}>
      <h2 id={`${id}-title`}>Cut the line</h2>
      <div class="inline-form">
        <div class="field">
          <label for={id}>Stay away for</label>
          <select id={id} value={away.value} onChange={({ currentTarget }) => (away.value = Number(currentTarget.value))}>
            {AWAY_SECONDS.map((time) => (
              <option key={time} value={time}>
                {time === 0 ? 'no time' : duration(time * 1000)}
              </option>
            ))}
          </select>
        </div>
        <button type="button" disabled={state !== 'online'} onClick={() => cut(away.value * 1000)}>
          Cut the line
        </button>
        {state === 'waiting' && (
          <button type="button" onClick={comeBack}>
            Come back now
          </button>
        )}
      </div>
      <div role="status">{newest === undefined ? <p class="hint">Cut it, publish to the client's rooms meanwhile, and see what was missed arrive.</p> : <Outcome recovery={newest} />}</div>
    </section>
  );
}

function Outcome({ recovery: { awayMs, queued, arrived, duplicates, dropped } }: { recovery: Recovery }): VNode {
  if (awayMs === undefined) return <p class="outcome">The line is down. What is published now waits for it.</p>;
  const complete = arrived >= queued;
  return (
    <>
      <p class="outcome">
        Away for {seconds(awayMs / 1000)} {complete ? <Badge tone="good" text="nothing lost" /> : <Badge tone="warn" text="coming" />}
      </p>
      <dl class="facts facts-small">
        <div>
          <dt>Missed meanwhile</dt>
          <dd>{queued}</dd>
        </div>
        <div>
          <dt>Of those, came</dt>
          <dd>{arrived}</dd>
        </div>
        <div>
          <dt>Of those, twice</dt>
          <dd>{duplicates}</dd>
        </div>
        {dropped > 0 && (
          <div>
            <dt>Dropped: the queue was full</dt>
            <dd class="bad">{dropped}</dd>
          </div>
        )}
      </dl>
    </>
  );
}
