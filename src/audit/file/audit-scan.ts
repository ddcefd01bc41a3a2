// Finding records in the audit files, newest first: across files, backwards, a bounded part of them at a time.
import { open } from 'node:fs/promises';
import { ChatError } from '../../protocol/index.js';
import type { AuditRecord } from '../audit-record.js';
import type { AuditPage, AuditQuery } from '../audit-sink.interface.js';
import { type AuditFileEntry, listAuditFiles } from './audit-directory.js';
import { backwardLines, type Line, READ_BYTES } from './backward-lines.js';

/** A search looks through no more than this, bytes; the next page goes on from there. */
const SCAN_BYTES = 64 * 1024 * 1024;

/** Records may be this much older than those behind them, ms: deliveries are looked up first, and clocks are set. */
const DISORDER_MS = 60_000;

/** A file's number, and where in it the line begins that everything older is in front of. */
const POSITION = /^(\d{1,15}):(\d{1,15})$/;

/** One search. */
export class AuditScan {
  private readonly records: AuditRecord[] = [];
  /** What every line that matches holds, as it is written. */
  private readonly needles: readonly Buffer[];
  private bytesLeft = SCAN_BYTES;
  private next: string | undefined;
  private ended = false;

  constructor(
    private readonly directory: string,
    private readonly query: AuditQuery,
  ) {
    const { tenant, clientId, roomId } = query;
    this.needles = [
      Buffer.from(`"tenant":${JSON.stringify(tenant)}`),
      ...(clientId === undefined ? [] : [Buffer.from(JSON.stringify(clientId))]),
      ...(roomId === undefined ? [] : [Buffer.from(`"room_id":${JSON.stringify(roomId)}`)]),
    ];
  }

  /** @throws ChatError `VALIDATION_ERROR` for a `before` that no answer gave */
  async run(): Promise<AuditPage> {
    const begin = this.position();
    for (const file of (await listAuditFiles(this.directory)).reverse()) {
      if (begin !== undefined && file.number > begin.number) continue;
      await this.search(file, file.number === begin?.number ? begin.offset : Infinity);
      if (this.ended) break;
    }
    return { records: this.records, ...(this.next !== undefined && { next: this.next }) };
  }

  private position(): { number: number; offset: number } | undefined {
    if (this.query.before === undefined) return undefined;
    const match = POSITION.exec(this.query.before);
    if (match === null) throw new ChatError('VALIDATION_ERROR', undefined, { errors: { cursor: ['cursor is not one that a listing gave'] } });
    return { number: Number(match[1]), offset: Number(match[2]) };
  }

  private async search({ path, number }: AuditFileEntry, before: number): Promise<void> {
    const handle = await open(path, 'r').catch(ignoreDeleted);
    if (handle === undefined) return;
    try {
      const { size } = await handle.stat();
      for await (const lines of backwardLines(handle, Math.min(size, before))) {
        for (const line of lines) {
          this.consider(line, number);
          if (this.ended) return;
        }
        this.bytesLeft -= READ_BYTES;
        const oldest = lines.at(-1);
        if (this.bytesLeft <= 0 && oldest !== undefined) this.stop(number, oldest);
        if (this.ended) return;
      }
    } finally {
      await handle.close();
    }
  }

  private consider(line: Line, number: number): void {
    if (this.isTooOld(line)) {
      this.ended = true;
      return;
    }
    if (!this.needles.every((needle) => line.text.includes(needle))) return;
    const record = parseRecord(line.text);
    if (record === undefined || !this.matches(record)) return;
    this.records.push(record);
    if (this.records.length >= this.query.limit) this.stop(number, line);
  }

  /** Ends the search in front of a line. */
  private stop(number: number, { start }: Line): void {
    this.ended = true;
    this.next = `${number}:${start}`;
  }

  /** Whether neither this one nor anything in front of it is asked for. Every record begins with its time. */
  private isTooOld({ text }: Line): boolean {
    const { since } = this.query;
    if (since === undefined) return false;
    const time = /^\{"time":"([^"]{1,40})"/.exec(text.toString('latin1', 0, 60))?.[1];
    return time !== undefined && Date.parse(time) < since - DISORDER_MS;
  }

  private matches(record: AuditRecord): boolean {
    const { tenant, clientId, roomId, since } = this.query;
    return (
      record.tenant === tenant &&
      (clientId === undefined || record.client_id === clientId || record.by === clientId) &&
      (roomId === undefined || record.room_id === roomId) &&
      (since === undefined || Date.parse(record.time) >= since)
    );
  }
}

/** Undefined for a line that is no record: torn by a crash, or put there by somebody else. */
function parseRecord(line: Buffer): AuditRecord | undefined {
  try {
    const value = JSON.parse(line.toString()) as AuditRecord | null;
    return typeof value?.time === 'string' && typeof value.action === 'string' ? value : undefined;
  } catch {
    return undefined;
  }
}

/** Its time has come while we were reading. */
function ignoreDeleted(error: unknown): undefined {
  if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
}
