// How long the calls of an engine take, what fails, and what they publish: measured once around whichever engine is in use.
import { Injectable } from '@nestjs/common';
import { createKindCounts, Histogram, type KindCounts, LATENCY_BOUNDS } from '../log/index.js';
import { ChatError, notificationKind, SYSTEM_TENANT } from '../protocol/index.js';
import type { AppendRequest, AppendResult, DeliveryEngine, MemberChangeRequest, MembersChanged } from './delivery-engine.interface.js';
import type { EngineCall } from './engine-call.js';

/** The calls that are measured: all that ask the store. */
export const MEASURED_CALLS = [
  'append',
  'readLog',
  'createRoom',
  'getRoom',
  'listRooms',
  'updateRoom',
  'deleteRoom',
  'changeMembers',
  'getMember',
  'listMembers',
  'shareRoom',
  'openQueue',
  'readQueue',
  'saveCursors',
  'inspectQueue',
  'receipts',
  'savePresence',
  'getPresence',
  'presenceChanges',
  'savePresencePosition',
  'listPresent',
  'saveBan',
  'deleteBan',
  'listBans',
  'saveRevocation',
  'listRevocations',
] as const satisfies readonly EngineCall[];

/** One of {@link MEASURED_CALLS}. */
export type MeasuredCall = (typeof MEASURED_CALLS)[number];

/** Why a call failed that was not refused for what it asked. */
export type EngineFailure = 'unavailable' | 'full' | 'other';

/** What is measured of one call. */
export interface CallMeasurement {
  /** Seconds until the answer, whatever it is. */
  readonly latency: Histogram;
  readonly failures: Record<EngineFailure, number>;
}

/** Refusals because of what was asked (`ROOM_NOT_FOUND` …) are answers and no failures. */
function failureOf(error: unknown): EngineFailure | undefined {
  if (!(error instanceof ChatError)) return 'other';
  if (error.code === 'STORE_UNAVAILABLE') return 'unavailable';
  if (error.code === 'STORE_FULL') return 'full';
  return error.code === 'SERVER_ERROR' ? 'other' : undefined;
}

/** Totals since the start, of the engine in use. */
@Injectable()
export class EngineMeter {
  /** Of each call that was made at least once. */
  readonly calls = new Map<MeasuredCall, CallMeasurement>();
  /** Notifications that this process has put into logs, by kind. */
  readonly published: KindCounts = createKindCounts();
  /** Publications that were repetitions, and answered with the first one's result. */
  duplicates = 0;

  /** Measures an engine's calls from now on, in place: it stays the object that it is. */
  attach(engine: DeliveryEngine): void {
    const calls = engine as unknown as Record<MeasuredCall, (...args: unknown[]) => Promise<unknown>>;
    for (const call of MEASURED_CALLS) {
      const original = calls[call].bind(engine);
      calls[call] = (...args) => this.measure(call, args, original(...args));
    }
  }

  private measure(call: MeasuredCall, args: readonly unknown[], answered: Promise<unknown>): Promise<unknown> {
    const begunAt = performance.now();
    const measurement = this.of(call);
    answered.then(
      (answer) => {
        measurement.latency.observe((performance.now() - begunAt) / 1000);
        if (call === 'append') this.appended(args[0] as readonly AppendRequest[], answer as readonly (AppendResult | Error)[], measurement);
        else if (call === 'changeMembers') this.changed(args[0] as MemberChangeRequest, answer as MembersChanged);
        else if (call === 'updateRoom' || call === 'deleteRoom') this.published.room_update++;
      },
      (error: unknown) => {
        measurement.latency.observe((performance.now() - begunAt) / 1000);
        const failure = failureOf(error);
        if (failure !== undefined) measurement.failures[failure]++;
      },
    );
    return answered;
  }

  private of(call: MeasuredCall): CallMeasurement {
    let measurement = this.calls.get(call);
    if (measurement === undefined) {
      measurement = { latency: new Histogram(LATENCY_BOUNDS), failures: { unavailable: 0, full: 0, other: 0 } };
      this.calls.set(call, measurement);
    }
    return measurement;
  }

  private appended(requests: readonly AppendRequest[], results: readonly (AppendResult | Error)[], { failures }: CallMeasurement): void {
    for (let i = 0; i < results.length; i++) {
      const result = results[i];
      if (result instanceof Error) {
        const failure = failureOf(result);
        if (failure !== undefined) failures[failure]++;
      } else if (requests[i].tenant !== SYSTEM_TENANT) {
        if (result.duplicate) this.duplicates++;
        else this.published[notificationKind(requests[i].type)]++;
      }
    }
  }

  private changed({ silent }: MemberChangeRequest, { added, removed }: MembersChanged): void {
    if (!silent) this.published.room_update += added.length + removed.length;
  }
}
