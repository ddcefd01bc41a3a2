// Whether a notification gets through: what /ws/health says.
import type { VNode } from 'preact';
import type { HealthAnswer } from '../api/answers.js';
import { useLoaded } from '../api/use-loaded.js';
import { Badge } from '../components/badge.js';

const REFRESH_MS = 5_000;

export function Health(): VNode {
  const { data, error } = useLoaded<HealthAnswer>('health', ask, REFRESH_MS);
  return (
    <p class="health" role="status">
      {error !== undefined && <Badge tone="bad" text="unreachable" />}
      {error === undefined && data === undefined && <Badge tone="quiet" text="asking" />}
      {error === undefined && data?.status === 'healthy' && <Badge tone="good" text="healthy" title="A notification goes through the store and back every few seconds" />}
      {error === undefined && data?.status === 'unhealthy' && <Badge tone="bad" text="unhealthy" title="A notification that goes through the store does not come back" />}
    </p>
  );
}

/** An unhealthy server answers 503, with the same body. */
async function ask(signal: AbortSignal): Promise<HealthAnswer> {
  const response = await fetch(new URL('ws/health', document.baseURI), { signal, cache: 'no-store', credentials: 'omit' });
  return (await response.json()) as HealthAnswer;
}
