// WebSocket frames as events (WHATWG HTML §9.2 Server-sent events), made once and shared by all who are written the same frames.
import { textFrameEnd, textFramePayloadStart } from '../protocol/index.js';
import { type Position, positionOf } from './event-id.js';

const DATA = Buffer.from('data: ');
const END_OF_EVENT = Buffer.from('\n\n');
const LF = 0x0a;
const CR = 0x0d;
const SPACE = 0x20;

/** How the text of a notification begins (`notificationText`, `ephemeralText`); errors have no id. */
const HEAD = /^\{"type":"([^"]+)","id":"([^"]+)"/;

/** So much of a text holds its type (64) and id (128 and 32) for certain, bytes. */
const HEAD_BYTES = 320;

/** Writes of which the events are kept, and what these may take: few, since whoever gets the same gets it in the same turn. */
const MAX_KEPT = 32;
const MAX_KEPT_BYTES = 4 * 1024 * 1024;

/** Events this large or smaller are put together with their id, once for all who have the same id. Larger ones are always shared, with the id in a buffer of its own. */
const JOINED_BYTES = 8 * 1024;
const MAX_JOINED = 16;

/** Where events are written: an answer. */
export interface EventTarget {
  write(bytes: Buffer, done?: (error?: Error | null) => void): unknown;
  cork(): void;
  uncork(): void;
}

/** What one write of frames is as events. */
export class EventText {
  /** Of the last notification in it; undefined for what is none. */
  readonly position: Position | undefined;
  private readonly body: Buffer;
  private readonly joined = new Map<string, Buffer>();

  constructor(frames: Buffer) {
    let last = 0;
    let bytes = 0;
    for (let offset = 0; offset < frames.length; offset = textFrameEnd(frames, offset)) {
      last = offset;
      bytes += DATA.length + textFrameEnd(frames, offset) - textFramePayloadStart(frames, offset) + END_OF_EVENT.length;
    }
    const body = Buffer.allocUnsafeSlow(bytes);
    let at = 0;
    for (let offset = 0; offset < frames.length; offset = textFrameEnd(frames, offset)) {
      at += DATA.copy(body, at);
      const begin = at;
      at += frames.copy(body, at, textFramePayloadStart(frames, offset), textFrameEnd(frames, offset));
      withoutLineEnds(body, begin, at);
      at += END_OF_EVENT.copy(body, at);
    }
    this.body = body;
    const start = textFramePayloadStart(frames, last);
    const head = HEAD.exec(frames.toString('utf8', start, Math.min(start + HEAD_BYTES, textFrameEnd(frames, last))));
    this.position = head === null ? undefined : positionOf(head[1], head[2]);
  }

  /** Memory that it takes, about. */
  get bytes(): number {
    return this.body.length;
  }

  /** Writes the events; with an id, the last of them has it. Without one the client's last event id stays. */
  writeTo(target: EventTarget, id: string | undefined, done?: (error?: Error | null) => void): void {
    const { body } = this;
    if (id === undefined) {
      target.write(body, done);
    } else if (body.length <= JOINED_BYTES) {
      target.write(this.withId(id), done);
    } else {
      target.cork();
      target.write(body.subarray(0, body.length - 1));
      target.write(idLine(id), done);
      target.uncork();
    }
  }

  /** The same buffer for those who have the same id. */
  private withId(id: string): Buffer {
    let bytes = this.joined.get(id);
    if (bytes === undefined) {
      bytes = Buffer.concat([this.body.subarray(0, this.body.length - 1), idLine(id)]);
      if (this.joined.size >= MAX_JOINED) this.joined.clear();
      this.joined.set(id, bytes);
    }
    return bytes;
  }
}

/** Stands before the last event's empty line. */
function idLine(id: string): Buffer {
  return Buffer.from(`id: ${id}\n\n`);
}

/** JSON has line ends between its tokens only, if at all: a space says the same there, and a line end would end the field. */
function withoutLineEnds(body: Buffer, begin: number, end: number): void {
  for (const lineEnd of [LF, CR]) {
    for (let at = body.indexOf(lineEnd, begin); at !== -1 && at < end; at = body.indexOf(lineEnd, at + 1)) body[at] = SPACE;
  }
}

/** The events of what was written last. */
export class EventTexts {
  private readonly kept = new Map<Buffer, EventText>();
  private bytes = 0;

  /** @param frames whole text frames of one log, of statuses, or a single one of any kind; not compressed */
  of(frames: Buffer): EventText {
    let text = this.kept.get(frames);
    if (text === undefined) {
      text = new EventText(frames);
      this.bytes += text.bytes;
      if (this.kept.size >= MAX_KEPT || this.bytes > MAX_KEPT_BYTES) {
        this.kept.clear();
        this.bytes = text.bytes;
      }
      this.kept.set(frames, text);
    }
    return text;
  }
}
