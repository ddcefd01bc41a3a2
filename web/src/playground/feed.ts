// What has happened on the line: frames as they came or were sent, and between them what became of the line. Newest first.
import { signal } from '@preact/signals';
import type { Frame } from '../frames/describe.js';

/** A frame that came. */
export interface FrameEntry {
  kind: 'frame';
  key: number;
  /** When it came, milliseconds since the epoch. */
  at: number;
  text: string;
  /** Undefined when the text is no JSON object. */
  frame: Frame | undefined;
  /** A notification of this id came before. */
  duplicate: boolean;
}

/** A frame that was sent. */
export interface SentEntry {
  kind: 'sent';
  key: number;
  at: number;
  text: string;
}

/** Something that happened to the line. */
export interface MarkEntry {
  kind: 'mark';
  key: number;
  at: number;
  text: string;
  tone: 'good' | 'warn' | 'quiet';
}

export type FeedEntry = FrameEntry | SentEntry | MarkEntry;

/** Older entries leave the page, older ids are forgotten: it may stay open for days. */
const MAX_ENTRIES = 300;
const MAX_IDS = 10_000;

/** What was counted since the feed was cleared. */
export interface FeedCounts {
  frames: number;
  notifications: number;
  duplicates: number;
  /** Numbers of a room's order that did not come. */
  missing: number;
}

const NOTHING: FeedCounts = { frames: 0, notifications: 0, duplicates: 0, missing: 0 };

/** The entries, and what was counted. Frames that come in one go are shown in one go. */
export class Feed {
  readonly entries = signal<readonly FeedEntry[]>([]);
  readonly counts = signal<FeedCounts>(NOTHING);
  private pending: FeedEntry[] = [];
  private counted: FeedCounts = NOTHING;
  private readonly ids = new Set<string>();
  private readonly newest = new Map<string, number>();
  private keys = 0;
  private scheduled = false;

  /** Takes a frame; returns it parsed, undefined when it is no JSON object. */
  arrived(text: string): { frame: Frame | undefined; duplicate: boolean } {
    const frame = parse(text);
    const duplicate = frame?.id !== undefined && !this.isNew(frame.id);
    const missing = frame === undefined || duplicate ? 0 : this.missingBefore(frame);
    const { frames, notifications, duplicates } = this.counted;
    this.counted = {
      frames: frames + 1,
      notifications: notifications + (frame?.id === undefined ? 0 : 1),
      duplicates: duplicates + (duplicate ? 1 : 0),
      missing: this.counted.missing + missing,
    };
    this.add({ kind: 'frame', key: this.keys++, at: Date.now(), text, frame, duplicate });
    return { frame, duplicate };
  }

  /** Takes a frame that was sent. */
  sent(text: string): void {
    this.add({ kind: 'sent', key: this.keys++, at: Date.now(), text });
  }

  /** Takes what became of the line. */
  mark(text: string, tone: MarkEntry['tone']): void {
    this.add({ kind: 'mark', key: this.keys++, at: Date.now(), text, tone });
  }

  /** Empties the list and its counters. The ids stay: what comes again afterwards is still a duplicate. */
  clear(): void {
    this.pending = [];
    this.counted = NOTHING;
    this.entries.value = [];
    this.counts.value = NOTHING;
  }

  /** Begins with another client or device: what came before says nothing of what comes. */
  forget(): void {
    this.ids.clear();
    this.newest.clear();
  }

  private add(entry: FeedEntry): void {
    this.pending.push(entry);
    if (this.scheduled) return;
    this.scheduled = true;
    // In a hidden tab nothing is drawn, and animation frames do not come.
    if (document.hidden) setTimeout(() => this.show(), 100);
    else requestAnimationFrame(() => this.show());
  }

  private show(): void {
    this.scheduled = false;
    this.entries.value = [...this.pending.reverse(), ...this.entries.value].slice(0, MAX_ENTRIES);
    this.counts.value = this.counted;
    this.pending = [];
  }

  private isNew(id: string): boolean {
    if (this.ids.has(id)) return false;
    this.ids.add(id);
    // A Set keeps the order of insertion: its first value is its oldest.
    const [oldest] = this.ids;
    if (this.ids.size > MAX_IDS && oldest !== undefined) this.ids.delete(oldest);
    return true;
  }

  private missingBefore({ id, seq }: Frame): number {
    if (id === undefined || seq === undefined) return 0;
    const log = id.slice(0, id.lastIndexOf(':'));
    const before = this.newest.get(log);
    this.newest.set(log, Math.max(seq, before ?? 0));
    return before === undefined || seq <= before ? 0 : seq - before - 1;
  }
}

function parse(text: string): Frame | undefined {
  try {
    const frame: unknown = JSON.parse(text);
    return typeof frame === 'object' && frame !== null && 'type' in frame && typeof frame.type === 'string' ? (frame as Frame) : undefined;
  } catch {
    return undefined;
  }
}
