// What the peer keeps in memory for members that are away: what was published since somebody was last there, for whoever comes.
import { Sender } from 'ws';

/** As many for each client as this server keeps. */
const MOST = 1000;
const TEXT_FRAME = { opcode: 1, fin: true, mask: false, rsv1: false, readOnly: false };

export class AwayMessages {
  queues = new Map();

  /** Keeps what is published to a room that nobody is in. */
  add(room, text) {
    let queue = this.queues.get(room);
    if (queue === undefined || queue.isTaken) this.queues.set(room, (queue = { texts: [], isTaken: false }));
    queue.texts.push(text);
    if (queue.texts.length > MOST) queue.texts.shift();
  }

  /** Sends a client that comes what its room has kept. */
  sendTo(client) {
    for (const text of this.take(client.room)) client.send(text);
  }

  take(room) {
    const queue = this.queues.get(room);
    if (queue === undefined) return [];
    queue.isTaken = true;
    return queue.texts;
  }
}

/** The same as the bytes of frames, ready to be written: nothing is left to do for a client that comes but one write. */
export class AwayFrames extends AwayMessages {
  add(room, text) {
    super.add(room, Buffer.concat(Sender.frame(Buffer.from(text), TEXT_FRAME)));
  }

  sendTo(client) {
    const frames = this.take(client.room);
    // Put together by the first who comes, for all.
    if (frames.length > 1) frames.splice(0, frames.length, Buffer.concat(frames));
    if (frames.length > 0) client._socket.write(frames[0]);
  }
}
