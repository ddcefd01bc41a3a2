// Whether this process delivers, and what it is.
import { readFileSync } from 'node:fs';
import { Injectable } from '@nestjs/common';
import { Settings } from '../config/index.js';
import { DrainState } from '../connections/index.js';
import { CanaryService } from '../health/index.js';
import { MetricsRegistry } from './metrics-registry.js';

/** Beside the built sources and beside the sources alike. */
const PACKAGE = new URL('../../package.json', import.meta.url);

function packageVersion(): string {
  return (JSON.parse(readFileSync(PACKAGE, 'utf8')) as { version: string }).version;
}

/** Reads the canary's state. */
@Injectable()
export class HealthMetrics {
  constructor(metrics: MetricsRegistry, canary: CanaryService, drain: DrainState, { engine }: Settings) {
    metrics.info('chatapi_build_info', { version: packageVersion(), node_version: process.version, engine });
    metrics.gaugeOf('chatapi_delivery_healthy', () => (canary.problem === undefined ? 1 : 0));
    metrics.gaugeOf('chatapi_canary_age_seconds', () => canary.ageMs / 1000);
    metrics.gaugeOf('chatapi_canary_round_trip_seconds', () => canary.roundTripMs / 1000);
    metrics.countOf('chatapi_canary_failures_total', () => canary.failures);
    metrics.gaugeOf('chatapi_draining', () => (drain.draining ? 1 : 0));
  }
}
