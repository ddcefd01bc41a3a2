// `chatapi tail`: what a client receives, as it comes.
import { DEVICE_PATTERN } from '../../protocol/index.js';
import type { Command } from '../command.js';
import type { OptionValues } from '../option-values.js';
import { NotificationTail } from '../tail/notification-tail.js';
import { UsageError } from '../usage.error.js';

export const tailCommand: Command = {
  summary: 'connects as a client and prints the frames it receives, one JSON object a line',
  options: {
    token: { value: 'token', description: "the client's token", required: true },
    url: { value: 'url', description: 'where to connect; ws://localhost:8000/ws when absent' },
    device: { value: 'name', description: "a device with a queue position of its own; the client's shared one when absent" },
    debug: { description: 'asks the server to tell of each notification how it came (DEBUG_MODE)' },
    count: { value: 'n', description: 'ends after n notifications, acknowledged; what comes after them stays in the queue' },
  },
  notes: [
    'Notifications that were received before are not printed again. With --count, those with a sequence number count: messages,',
    "room updates and a backend's own, but not client_status. A broken connection is made again, with waits that grow; a refused",
    'token or a ban ends it with exit code 1, Ctrl-C with 0. What happens to the connection goes to standard error.',
  ],

  async run(values) {
    const count = values.count('count');
    const tail = new NotificationTail({
      url: target(values, count !== undefined),
      token: values.required('token'),
      print: (text) => process.stdout.write(`${text}\n`),
      note: (text) => process.stderr.write(`chatapi: ${text}\n`),
      ...(count !== undefined && { count }),
    });
    const stop = (): void => tail.stop();
    process.once('SIGINT', stop);
    process.once('SIGTERM', stop);
    await tail.run();
  },
};

/** With a count, nothing but `ack` frames acknowledges: answering pings would also do so for what comes after the last one. */
function target(values: OptionValues, acknowledges: boolean): URL {
  const url = values.url('url', 'ws://localhost:8000/ws', ['ws', 'wss']);
  const device = values.text('device');
  if (device !== undefined) {
    if (!DEVICE_PATTERN.test(device)) throw new UsageError('--device must be 1 to 64 characters: letters, digits and _ . : @ -');
    url.searchParams.set('device', device);
  }
  if (values.flag('debug')) url.searchParams.set('debug', 'true');
  if (acknowledges) url.searchParams.set('ack', 'client');
  return url;
}
