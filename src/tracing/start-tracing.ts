// Loads OpenTelemetry, if it is wanted.
import type { Settings, TracingSettings } from '../config/index.js';
import type { DeliveryTracing } from '../delivery/index.js';

/**
 * Begins to trace.
 *
 * @param tracing undefined for not at all; then no module of OpenTelemetry is loaded
 * @publicApi
 */
export async function startTracing(tracing: TracingSettings | undefined, settings: Settings): Promise<DeliveryTracing | undefined> {
  if (tracing === undefined) return undefined;
  const { createTracing } = await import('./open-telemetry.js');
  return createTracing(tracing, settings);
}
