// What a tail knows of the notifications it has had.
import { beforeEach, describe, expect, it } from 'vitest';
import { ReceivedPositions } from './received-positions.js';

let positions: ReceivedPositions;
beforeEach(() => (positions = new ReceivedPositions()));

describe('ReceivedPositions', () => {
  it('acknowledges the highest of each room, which is the id up to its last colon', () => {
    positions.note('lobby:1', 1);
    positions.note('team:red:41', 41);
    positions.note('lobby:2', 2);
    positions.note('@alice:9', 9);
    expect(positions.takeUnacknowledged()).toEqual([
      { room_id: 'lobby', seq: 2 },
      { room_id: 'team:red', seq: 41 },
      { room_id: '@alice', seq: 9 },
    ]);
  });

  it('acknowledges once what does not move on', () => {
    positions.note('lobby:1', 1);
    positions.note('team:1', 1);
    positions.takeUnacknowledged();
    positions.note('team:2', 2);
    expect(positions.takeUnacknowledged()).toEqual([{ room_id: 'team', seq: 2 }]);
  });

  it('acknowledges again after a connection that broke', () => {
    positions.note('lobby:1', 1);
    positions.takeUnacknowledged();
    positions.forgetAcknowledged();
    expect(positions.takeUnacknowledged()).toEqual([{ room_id: 'lobby', seq: 1 }]);
  });

  it('knows a repeated notification from a new one', () => {
    expect(positions.note('lobby:7', 7)).toBe(true);
    expect(positions.note('lobby:7', 7)).toBe(false);
    expect(positions.note('lobby:6', 6)).toBe(false);
    expect(positions.note('lobby:8', 8)).toBe(true);
  });

  it('counts anew in a room that was made anew', () => {
    positions.note('lobby:7', 7);
    expect(positions.note('lobby:1-1', 1)).toBe(true);
    expect(positions.takeUnacknowledged()).toEqual([{ room_id: 'lobby', seq: 1 }]);
  });
});
