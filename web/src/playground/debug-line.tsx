// The debug data of one delivery, in the order of its way.
import type { VNode } from 'preact';
import type { DebugData } from '../frames/describe.js';

export function DebugLine({ debug }: { debug: DebugData }): VNode {
  const { node, published_at: published, stored_at: stored, sent_at: sent, latency_ms: latency, replayed, attempt, queue_size: queue } = debug;
  const parts: [name: string, value: string | number | undefined][] = [
    ['latency', latency === undefined ? undefined : `${latency} ms`],
    ['stored after', msBetween(published, stored)],
    ['sent after', msBetween(stored, sent)],
    ['attempt', attempt],
    ['queue', queue],
    ['node', node],
  ];
  return (
    <dl class="debug" aria-label="Debug data">
      {replayed === true && (
        <div class="debug-replayed">
          <dt class="visually-hidden">replayed</dt>
          <dd>replayed</dd>
        </div>
      )}
      {parts.map(([name, value]) =>
        value === undefined ? null : (
          <div key={name}>
            <dt>{name}</dt>
            <dd>{value}</dd>
          </div>
        ),
      )}
    </dl>
  );
}

function msBetween(from: string | undefined, to: string | undefined): string | undefined {
  if (from === undefined || to === undefined) return undefined;
  const ms = Date.parse(to) - Date.parse(from);
  return Number.isFinite(ms) ? `${ms} ms` : undefined;
}
