// What the peer keeps in memory for members that are away: what was published since somebody was last there, for whoever comes.

/** As many for each client as this server keeps. */
const MOST = 1000;

export class AwayMessages {
  queues = new Map();

  /** Keeps what is published to a room that nobody is in. */
  add(room, text) {
    let queue = this.queues.get(room);
    if (queue === undefined || queue.isTaken) this.queues.set(room, (queue = { texts: [], isTaken: false }));
    queue.texts.push(text);
    if (queue.texts.length > MOST) queue.texts.shift();
  }

  /** Everything that is kept for a room. */
  take(room) {
    const queue = this.queues.get(room);
    if (queue === undefined) return [];
    queue.isTaken = true;
    return queue.texts;
  }
}
