// `acknowledge: 'client'`: tells the server how far each room has been handled.
import type { ServerFrame } from './client-events.js';
import type { Link } from './link.js';

/** The server takes 100 control frames a second from a client, and bans one that sends far more: here 80 at most. */
const ROUND_MS = 250;
const FRAMES_A_ROUND = 20;

interface Position {
  handled: number;
  /** Told on this connection up to here. */
  told: number;
}

/** Holds only what is not confirmed yet, which the server's window bounds. */
export class Acknowledger {
  private readonly positions = new Map<string, Position>();
  private link: Link | undefined;
  private timer: ReturnType<typeof setTimeout> | undefined;
  private roundAt = 0;
  private waiting: (() => void)[] = [];

  /** Everything of this room up to this number is handled. */
  handled(room: string, seq: number): void {
    const position = this.positions.get(room) ?? { handled: 0, told: 0 };
    position.handled = Math.max(position.handled, seq);
    position.told = Math.min(position.told, seq - 1);
    this.positions.set(room, position);
    this.schedule();
  }

  /** Tells it on this connection from now on. */
  start(link: Link): void {
    this.link = link;
    for (const position of this.positions.values()) position.told = 0;
    this.schedule();
  }

  /** Resolves when the server has confirmed everything that is handled by now; not before there is a connection. */
  confirmed(): Promise<void> {
    return new Promise((resolve) => {
      this.waiting.push(resolve);
      this.settle();
    });
  }

  private schedule(waitMs = Math.max(0, this.roundAt + ROUND_MS - Date.now())): void {
    this.timer ??= setTimeout(() => {
      this.timer = undefined;
      this.round();
    }, waitMs);
  }

  private round(): void {
    const { link } = this;
    if (!link || link.isOver) return;
    this.roundAt = Date.now();
    let frames = 0;
    for (const [room, position] of this.positions) {
      const { handled, told } = position;
      if (told === handled) continue;
      if (++frames > FRAMES_A_ROUND) return this.schedule();
      position.told = handled;
      link.command('ack', { room_id: room, seq: handled }, (answer) => this.answered(room, handled, answer));
    }
  }

  /** Without an answer it is told again on the next connection, with one that refuses it when the server wants to be asked again. */
  private answered(room: string, seq: number, answer: ServerFrame | undefined): void {
    const position = this.positions.get(room);
    if (!answer || !position) return;
    const { retry_after: seconds } = answer.data;
    if (answer.type === 'error' && typeof seconds === 'number') {
      position.told = 0;
      this.schedule(seconds * 1000);
    } else if (position.handled === seq) {
      this.positions.delete(room);
      this.settle();
    }
  }

  private settle(): void {
    if (this.positions.size > 0) return;
    for (const resolve of this.waiting.splice(0)) resolve();
  }
}
