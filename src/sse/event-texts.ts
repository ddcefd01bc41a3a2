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

/** Frames of which the events are kept, and ids of events for each of these: few, since whoever gets the same gets it in the same turn. */
const MAX_KEPT = 32;
const MAX_KEPT_BYTES = 4 * 1024 * 1024;
const MAX_KEPT_IDS = 16;

/** What one write of frames is as events. */
export class EventText {
  /** Of the last notification in it; undefined for what is none. */
  readonly position: Position | undefined;
  private readonly body: Buffer;
  private readonly byId = new Map<string, Buffer>();

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

  /** The events without an id: the client's last event id stays. */
  get bare(): Buffer {
    return this.body;
  }

  /** The events, the last of them with this id. Those who have the same get the same buffer. */
  withId(id: string): Buffer {
    let bytes = this.byId.get(id);
    if (bytes === undefined) {
      const line = Buffer.from(`id: ${id}\n\n`);
      // The last event's empty line stands behind its id.
      bytes = Buffer.concat([this.body.subarray(0, this.body.length - 1), line]);
      if (this.byId.size >= MAX_KEPT_IDS) this.byId.clear();
      this.byId.set(id, bytes);
    }
    return bytes;
  }
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
