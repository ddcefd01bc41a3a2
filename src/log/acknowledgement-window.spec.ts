// What a pong acknowledges, when it settles, and when a connection is to be left alone.
import { beforeEach, describe, expect, it } from 'vitest';
import { AcknowledgementWindow, settleDelay } from './acknowledgement-window.js';
import type { DeliveryMeter } from './delivery-meter.js';
import { PING_AFTER_BYTES, PING_AFTER_NOTIFICATIONS, WINDOW_BYTES, WINDOW_GROWTH, WINDOW_NOTIFICATIONS } from './delivery-options.js';
import type { AcknowledgementMode, DeliveryStream } from './delivery-stream.js';
import { LogFeed } from './log-feed.js';
import { LogTail } from './log-tail.js';
import { Subscription } from './subscription.js';
import { TailCache } from './tail-cache.js';

const SETTLE_MS = 2_000;
const NONCE = Uint8Array.of(1, 2, 3, 4, 5, 6, 7, 8);
const GARBLED = Uint8Array.of(8, 7, 6, 5, 4, 3, 2, 1);

function subscription(mode: AcknowledgementMode = 'transport'): Subscription {
  const feed = new LogFeed('t/r', 't', 'r', 0, 1, new LogTail(new TailCache(0), 1));
  return new Subscription({ mode } as DeliveryStream, feed, 0);
}

let window: AcknowledgementWindow;
beforeEach(() => {
  window = new AcknowledgementWindow(SETTLE_MS, WINDOW_NOTIFICATIONS);
});

function send(to: Subscription, count: number, bytes = count): void {
  to.sentSeq += count;
  window.note(to, count, bytes);
}

/** The peer answers a ping that stands behind everything written. */
function acknowledge(): void {
  window.mark(NONCE);
  window.pong(NONCE, 0);
}

describe('a pong', () => {
  it('acknowledges what was written before its ping, and nothing behind it', () => {
    const room = subscription();
    send(room, 3);
    window.mark(NONCE);
    send(room, 2);
    expect(window.pong(NONCE, 0)).toBe('settling');
    expect(window.settleOldest()).toEqual([room]);
    expect(room.settledSeq).toBe(3);
    expect(window.unasked).toBe(true);
  });

  it('raises no cursor before it is settled', () => {
    const room = subscription();
    send(room, 3);
    acknowledge();
    expect(room.settledSeq).toBe(0);
  });

  it('counts only as the exact echo of the outstanding ping', () => {
    const room = subscription();
    expect(window.pong(NONCE, 0)).toBe('ignored');
    send(room, 1);
    window.mark(NONCE);
    expect(window.pong(GARBLED, 0)).toBe('mismatched');
    expect(window.pong(NONCE.subarray(0, 7), 0)).toBe('mismatched');
    expect(window.pong(new Uint8Array(), 0)).toBe('mismatched');
    expect(window.outstanding).toBe(true);
    expect(window.pong(NONCE, 0)).toBe('settling');
    expect(window.pong(NONCE, 0)).toBe('ignored');
  });

  it('settles no earlier than the settling time, together with those that came shortly before', () => {
    const room = subscription();
    send(room, 1);
    window.mark(NONCE);
    expect(window.pong(NONCE, 1_000)).toBe('settling');
    send(room, 1);
    window.mark(NONCE);
    const togetherAt = 1_000 + settleDelay(SETTLE_MS) - SETTLE_MS - 1;
    expect(window.pong(NONCE, togetherAt)).toBe('acknowledged');
    send(room, 1);
    window.mark(NONCE);
    expect(window.pong(NONCE, togetherAt + 1)).toBe('settling');
    window.settleOldest();
    expect(room.settledSeq).toBe(2);
    window.settleOldest();
    expect(room.settledSeq).toBe(3);
  });

  it('makes room and moves no cursor where the client acknowledges by frames', () => {
    const room = subscription('client');
    send(room, WINDOW_NOTIFICATIONS);
    window.mark(NONCE);
    expect(window.open).toBe(false);
    expect(window.pong(NONCE, 0)).toBe('acknowledged');
    expect(window.open).toBe(true);
    expect(window.settleAll()).toEqual([]);
    expect(room.settledSeq).toBe(0);
  });

  it('always moves the position among presence changes', () => {
    const presence = new Subscription({ mode: 'client' } as DeliveryStream, undefined, 0);
    send(presence, 4);
    acknowledge();
    window.settleAll();
    expect(presence.settledSeq).toBe(4);
  });
});

describe('the window', () => {
  it('is closed at its limit of notifications, and half open again when half is acknowledged', () => {
    const room = subscription();
    send(room, WINDOW_NOTIFICATIONS / 2);
    window.mark(NONCE);
    send(room, WINDOW_NOTIFICATIONS / 2 - 1);
    expect(window.open).toBe(true);
    expect(window.freeNotifications).toBe(1);
    send(room, 1);
    expect([window.open, window.halfOpen, window.freeNotifications]).toEqual([false, false, 0]);
    window.pong(NONCE, 0);
    expect([window.open, window.halfOpen, window.freeNotifications]).toEqual([true, true, WINDOW_NOTIFICATIONS * WINDOW_GROWTH - WINDOW_NOTIFICATIONS / 2]);
  });

  it('grows when it is acknowledged while it is full, and goes back when it is acknowledged while it is not', () => {
    const room = subscription();
    const large = WINDOW_NOTIFICATIONS * WINDOW_GROWTH;
    send(room, WINDOW_NOTIFICATIONS);
    acknowledge();
    expect(window.freeNotifications).toBe(large);
    send(room, large - 1);
    window.mark(NONCE);
    expect([window.open, window.freeNotifications]).toEqual([true, 1]);
    window.pong(NONCE, 0);
    expect(window.freeNotifications).toBe(WINDOW_NOTIFICATIONS);
  });

  it('stays large while more is unacknowledged than a small one has room for', () => {
    const room = subscription();
    send(room, WINDOW_NOTIFICATIONS);
    acknowledge();
    send(room, 1);
    window.mark(NONCE);
    send(room, WINDOW_NOTIFICATIONS);
    window.pong(NONCE, 0);
    expect(window.freeNotifications).toBe(WINDOW_NOTIFICATIONS * (WINDOW_GROWTH - 1));
    acknowledge();
    expect(window.freeNotifications).toBe(WINDOW_NOTIFICATIONS);
  });

  it('does not grow by a pong that is no echo', () => {
    const room = subscription();
    send(room, WINDOW_NOTIFICATIONS);
    window.mark(NONCE);
    window.pong(GARBLED, 0);
    expect(window.freeNotifications).toBe(0);
  });

  it('is closed at its limit of bytes, by one notification if need be', () => {
    send(subscription(), 1, WINDOW_BYTES + 1);
    expect([window.open, window.freeBytes]).toEqual([false, 0]);
  });

  it('wants a ping after so many notifications or bytes since the last, unless one is outstanding', () => {
    const room = subscription();
    send(room, PING_AFTER_NOTIFICATIONS - 1);
    expect(window.pingDue).toBe(false);
    send(room, 1);
    expect(window.pingDue).toBe(true);
    window.mark(NONCE);
    send(room, PING_AFTER_NOTIFICATIONS);
    expect(window.pingDue).toBe(false);
    window.pong(NONCE, 0);
    expect(window.pingDue).toBe(true);
    acknowledge();
    send(room, 1, PING_AFTER_BYTES);
    expect(window.pingDue).toBe(true);
  });
});

describe('a peer that garbles pongs', () => {
  it('is asked again once, and then is one that cannot acknowledge: the cursor stays and the window opens', () => {
    const room = subscription();
    send(room, WINDOW_NOTIFICATIONS);
    window.mark(NONCE);
    window.pong(GARBLED, 0);
    expect(window.giveUp()).toBe(false);
    expect([window.outstanding, window.unasked, window.open]).toEqual([false, true, false]);
    window.mark(NONCE);
    window.pong(GARBLED, 0);
    expect(window.giveUp()).toBe(true);
    expect([window.cannotAcknowledge, window.open, window.unasked]).toEqual([true, true, false]);
    window.mark(NONCE);
    expect(window.pong(NONCE, 0)).toBe('acknowledged');
    window.acknowledgeAll();
    expect(window.settleAll()).toEqual([]);
    expect(room.settledSeq).toBe(0);
  });

  it('is found out once', () => {
    for (const found of [false, true, false, false]) {
      window.mark(NONCE);
      window.pong(GARBLED, 0);
      expect(window.giveUp()).toBe(found);
    }
  });

  it('starts anew after an exact echo', () => {
    const room = subscription();
    for (const payload of [GARBLED, NONCE, GARBLED]) {
      send(room, 1);
      window.mark(NONCE);
      if (window.pong(payload, 0) === 'mismatched') window.giveUp();
    }
    expect(window.cannotAcknowledge).toBe(false);
    acknowledge();
    window.settleAll();
    expect(room.settledSeq).toBe(3);
  });
});

describe('a closing handshake', () => {
  it('settles what was acknowledged', () => {
    const room = subscription();
    send(room, 3);
    window.mark(NONCE);
    send(room, 2);
    window.pong(NONCE, 0);
    expect(window.settleAll()).toEqual([room]);
    expect(room.settledSeq).toBe(3);
  });

  it('that the peer answered acknowledges everything written', () => {
    const [room, other] = [subscription(), subscription()];
    send(room, 3);
    window.mark(NONCE);
    send(room, 2);
    send(other, 1);
    window.acknowledgeAll();
    window.settleAll();
    expect([room.settledSeq, other.settledSeq]).toEqual([5, 1]);
  });
});

describe('what a pong acknowledged', () => {
  it('is told with the oldest notification that was published while the connection was there', () => {
    const now = Date.now();
    window = new AcknowledgementWindow(SETTLE_MS, WINDOW_NOTIFICATIONS, now + 100);
    const told: number[][] = [];
    const meter = { acknowledges: (_mode: string, ...numbers: number[]) => told.push(numbers) } as unknown as DeliveryMeter;
    const to = subscription();
    for (const age of [0, 300, 200]) {
      to.sentSeq++;
      window.note(to, 1, 1, now + age);
    }
    window.mark(NONCE);
    to.sentSeq++;
    window.note(to, 1, 1, now + 150);
    window.pong(NONCE, 0, meter);
    window.mark(NONCE);
    window.giveUp();
    window.mark(NONCE);
    window.pong(NONCE, 0, meter);
    expect(told).toEqual([
      [3, 2, now + 200],
      [1, 1, now + 150],
    ]);
  });
});
