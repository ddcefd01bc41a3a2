// What a checker finds.

/**
 * I1: every publish that was answered reaches each continuous member, or is counted dropped and outside its newest
 * 1,000. I2: `seq` rises strictly per connection and room, without a gap, one order for all. I3: nothing from outside a
 * membership. I4: at most 1,000 pending, the oldest dropped, the count exact. I6: no more messages of one client in a window
 * than its limit, over all servers. I7: presence says what is true, at every server. I8: no id with two bodies.
 */
export type Invariant = 'I1' | 'I2' | 'I3' | 'I4' | 'I6' | 'I7' | 'I8';

/** One breach. */
export interface Violation {
  invariant: Invariant;
  what: string;
}

/** Where checks report to. */
export type Report = (invariant: Invariant, what: string) => void;
