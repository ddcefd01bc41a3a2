// Whether traces are made, by the standard variables of OpenTelemetry, which its SDK reads further by itself.
import type { Environment } from './load-settings.js';
import { type SettingFault, SettingsError } from './settings.error.js';

/** Where traces go. Everything else (addresses, headers, sampler, limits, names) stands in the OTEL_* variables. */
export interface TracingSettings {
  readonly exporter: 'otlp/json' | 'otlp/protobuf' | 'console';
}

const PROTOCOLS: Readonly<Record<string, TracingSettings['exporter']>> = { 'http/json': 'otlp/json', 'http/protobuf': 'otlp/protobuf' };

/**
 * What the variables ask for; undefined for no traces: without any OTEL_* variable, with `OTEL_SDK_DISABLED=true`, with `OTEL_TRACES_EXPORTER=none`.
 * The file `.env` does not count: the SDK does not read it.
 *
 * @throws SettingsError for an exporter or a protocol that we do not have
 * @publicApi
 */
export function readTracingSettings(environment: Environment = process.env): TracingSettings | undefined {
  const isSet = Object.entries(environment).some(([name, value]) => name.startsWith('OTEL_') && value !== undefined && value !== '');
  if (!isSet || environment.OTEL_SDK_DISABLED?.toLowerCase() === 'true') return undefined;
  const exporter = environment.OTEL_TRACES_EXPORTER || 'otlp';
  if (exporter === 'none') return undefined;
  if (exporter === 'console') return { exporter };
  if (exporter !== 'otlp') throw refusal('OTEL_TRACES_EXPORTER', exporter, 'otlp, console, none');
  const name = environment.OTEL_EXPORTER_OTLP_TRACES_PROTOCOL ? 'OTEL_EXPORTER_OTLP_TRACES_PROTOCOL' : 'OTEL_EXPORTER_OTLP_PROTOCOL';
  const protocol = environment[name] || 'http/protobuf';
  const known = PROTOCOLS[protocol];
  if (known === undefined) throw refusal(name, protocol, Object.keys(PROTOCOLS).join(', '));
  return { exporter: known };
}

function refusal(name: string, value: string, allowed: string): SettingsError {
  const fault: SettingFault = { name, problem: `is ${JSON.stringify(value.slice(0, 60))}`, allowed };
  return new SettingsError([fault]);
}
