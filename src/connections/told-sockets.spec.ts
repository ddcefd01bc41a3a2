// Sockets that are told why they are refused: few at a time.
import { EventEmitter } from 'node:events';
import { describe, expect, it } from 'vitest';
import type { WebSocket } from 'ws';
import { ToldSockets } from './told-sockets.js';

const socket = (): WebSocket => new EventEmitter() as WebSocket;

describe('sockets that are told why they are refused', () => {
  it('are at most 32 of one network, and 1,024 of all, until they are closed', () => {
    const told = new ToldSockets();
    const sockets = Array.from({ length: 32 }, socket);
    for (const each of sockets) {
      expect(told.hasRoom('a')).toBe(true);
      told.add('a', each);
    }
    expect([told.hasRoom('a'), told.hasRoom('b')]).toEqual([false, true]);
    for (let i = 0; i < 992; i++) told.add(`network ${i}`, socket());
    expect(told.hasRoom('b')).toBe(false);
    sockets[0].emit('close');
    expect([told.hasRoom('a'), told.hasRoom('b')]).toEqual([true, true]);
  });
});
