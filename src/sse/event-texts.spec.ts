// Frames as events: what they read as, and who shares the bytes.
import { describe, expect, it } from 'vitest';
import { controlText, encodeTextFrame, notificationText } from '../protocol/index.js';
import { type EventTarget, EventTexts } from './event-texts.js';

class Target implements EventTarget {
  readonly writes: Buffer[] = [];
  write(bytes: Buffer): void {
    this.writes.push(bytes);
  }
  cork(): void {
    // Nothing is sent here.
  }
  uncork(): void {
    // As above.
  }
  get text(): string {
    return Buffer.concat(this.writes).toString();
  }
}

const frame = (seq: number, data = '{}', log = 'r'): Buffer => encodeTextFrame(notificationText('message', log, 0, seq, data));
const written = (frames: Buffer, id?: string, texts = new EventTexts()): Target => {
  const target = new Target();
  texts.of(frames).writeTo(target, id);
  return target;
};

describe('events', () => {
  it('hold one frame each, and the last one the id', () => {
    const frames = Buffer.concat([frame(1), frame(2, `{"text":"${'ü'.repeat(100)}"}`), frame(3, `{"text":"${'x'.repeat(70_000)}"}`)]);
    const blocks = written(frames, 'r:3').text.split('\n\n');
    expect(blocks).toHaveLength(4);
    expect(blocks[0]).toBe('data: {"type":"message","id":"r:1","seq":1,"data":{}}');
    expect(blocks[1]).toContain('"üü');
    expect(blocks[2].split('\n')).toEqual([expect.stringMatching(/^data: .*x"\}\}$/) as string, 'id: r:3']);
    expect(blocks[3]).toBe('');
  });

  it('have no id where they are no notifications', () => {
    expect(written(encodeTextFrame(controlText('error', { code: 'SERVER_ERROR' }))).text).toBe('data: {"type":"error","data":{"code":"SERVER_ERROR"}}\n\n');
    expect(new EventTexts().of(encodeTextFrame(controlText('error', {}))).position).toBeUndefined();
  });

  it('know the log of the last notification, whatever its name and type', () => {
    const texts = new EventTexts();
    const log = `${'r:'.repeat(63)}rr`;
    expect(texts.of(frame(5, '{"id":"x:9"}', log)).position).toEqual({ of: log, text: `${log}:5` });
    const type = `a${'b'.repeat(63)}`;
    expect(texts.of(encodeTextFrame(notificationText(type, log, 2, Number.MAX_SAFE_INTEGER, '{}'))).position).toEqual({ of: log, text: `${log}:2-${Number.MAX_SAFE_INTEGER}` });
  });

  it('are one line each even if their JSON is not', () => {
    expect(written(frame(1, '{\r\n"a": 1,\n"b": 2}')).text).toBe('data: {"type":"message","id":"r:1","seq":1,"data":{  "a": 1, "b": 2}}\n\n');
  });

  it('are the same buffer for those who have the same id, and large ones for all', () => {
    const texts = new EventTexts();
    const small = frame(1);
    const [first, second, other] = ['r:1', 'r:1', 'r:1,q:2'].map((id) => written(small, id, texts).writes);
    expect(second[0]).toBe(first[0]);
    expect(other[0]).not.toBe(first[0]);
    const large = frame(2, `{"text":"${'x'.repeat(70_000)}"}`);
    const [mine, yours] = ['r:2', 'r:2,q:2'].map((id) => written(large, id, texts).writes);
    expect(mine).toHaveLength(2);
    expect(mine[0].buffer).toBe(yours[0].buffer);
  });

  it('are forgotten when they take too much', () => {
    const texts = new EventTexts();
    const frames = frame(1);
    const before = texts.of(frames);
    expect(texts.of(frames)).toBe(before);
    for (let i = 2; i < 40; i++) texts.of(frame(i));
    expect(texts.of(frames)).not.toBe(before);
    const again = texts.of(frames);
    texts.of(frame(50, `{"text":"${'x'.repeat(5_000_000)}"}`));
    expect(texts.of(frames)).not.toBe(again);
  });
});
