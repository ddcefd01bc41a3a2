// `chatapi tail`: what a client receives, as it comes.
import { type AnyNotification, ChatClient, type Disconnection } from '../../client/index.js';
import { DEVICE_PATTERN } from '../../protocol/index.js';
import { clientWebSocket } from '../client-web-socket.js';
import type { Command } from '../command.js';
import type { OptionValues } from '../option-values.js';
import { UsageError } from '../usage.error.js';

/** Of the refusals before the upgrade, those that pass. */
const PASSING_STATUSES: readonly number[] = [408, 429];

/** The library's own business. */
const UNPRINTED_TYPES: readonly string[] = ['pong', 'ack'];

export const tailCommand: Command = {
  summary: 'connects as a client and prints the frames it receives, one JSON object a line',
  options: {
    token: { value: 'token', description: "the client's token", required: true },
    url: { value: 'url', description: 'where to connect; ws://localhost:8000/ws when absent' },
    device: { value: 'name', description: "a device with a queue position of its own; the client's shared one when absent" },
    count: { value: 'n', description: 'ends after n notifications, acknowledged; what comes after them stays in the queue' },
    debug: { description: 'asks the server for debug data in each notification' },
  },
  notes: [
    'Notifications that were received before are not printed again. With --count, those with a sequence number count: messages,',
    "room updates and a backend's own, but not client_status. A broken connection is made again, with waits that grow; a refused",
    'token or a ban ends it with exit code 1, Ctrl-C with 0. What happens to the connection goes to standard error.',
  ],

  run: (values) => new Tail(values).run(),
};

/** One run. */
class Tail {
  private readonly client: ChatClient;
  private missing: number;
  private refusal: number | undefined;

  constructor(values: OptionValues) {
    const count = values.count('count');
    const device = values.text('device');
    if (device !== undefined && !DEVICE_PATTERN.test(device)) {
      throw new UsageError('--device must be 1 to 64 characters: letters, digits and _ . : @ -, beginning with a letter or digit');
    }
    this.missing = count ?? Infinity;
    this.client = new ChatClient({
      url: values.url('url', 'ws://localhost:8000/ws', ['ws', 'wss']),
      token: values.required('token'),
      debug: values.flag('debug'),
      WebSocket: clientWebSocket((status) => (this.refusal = status)),
      maxBanMs: 0,
      ...(device !== undefined && { device }),
      // Answering pings would also acknowledge what comes after the last one.
      ...(count !== undefined && { acknowledge: 'client' }),
    });
  }

  /**
   * Resolves when it was stopped or has its notifications.
   *
   * @throws Error when the server refuses it for good
   */
  run(): Promise<void> {
    const { client } = this;
    client.on('frame', (frame) => {
      if (frame.id === undefined && !UNPRINTED_TYPES.includes(frame.type)) this.print(frame);
    });
    client.on('notification', (notification) => this.notified(notification));
    const stop = (): void => client.close();
    process.once('SIGINT', stop);
    process.once('SIGTERM', stop);
    const over = new Promise<void>((resolve, reject) => {
      client.on('error', ({ code, message }) => {
        if (code === 'TOKEN_UNAVAILABLE') reject(new Error(message));
      });
      client.on('disconnected', (ending) => this.ended(ending, resolve, reject));
    });
    void client.connect();
    return over;
  }

  /** A promise that nobody keeps leaves everything that comes after the last one unacknowledged. */
  private notified(notification: AnyNotification): Promise<void> | void {
    if (this.missing === 0) return new Promise<void>(() => undefined);
    this.print(notification);
    if (notification.seq !== undefined && --this.missing === 0) setTimeout(() => void this.finish());
  }

  private async finish(): Promise<void> {
    await this.client.acknowledged();
    this.client.close();
  }

  private print(frame: object): void {
    if (this.missing > 0) process.stdout.write(`${JSON.stringify(frame)}\n`);
  }

  private ended({ code, reason, retryInMs }: Disconnection, resolve: () => void, reject: (error: Error) => void): void {
    const { refusal } = this;
    const words = refusal === undefined ? `${code} ${reason}`.trim() : `HTTP ${refusal}`;
    this.refusal = undefined;
    if (refusal !== undefined && refusal < 500 && !PASSING_STATUSES.includes(refusal)) {
      reject(new Error(`refused by the server: ${words}`));
      this.client.close();
    } else if (retryInMs !== undefined) {
      process.stderr.write(`chatapi: not connected (${words}), trying again in ${(retryInMs / 1000).toFixed(1)} s\n`);
    } else if (code === 1000) {
      resolve();
    } else {
      reject(new Error(`refused by the server: ${words}`));
    }
  }
}
