// The peer: node:http and ws, a loop over client.send. Nothing stored, nobody authenticated, nothing acknowledged.
import { WebSocketServer } from 'ws';
import { AwayFrames, AwayMessages } from './away.mjs';
import { messageOf } from './message.mjs';
import { createPublishServer, listen } from './requests.mjs';
import { Rooms } from './rooms.mjs';
import { isPeerToken } from './tokens.mjs';

const rooms = new Rooms();
/** Where clients are sent what they missed. */
const away = queuesOf(process.argv);
const server = createPublishServer((room, content) => {
  const message = messageOf(room, content);
  const text = JSON.stringify(message);
  for (const client of rooms.of(room)) client.send(text);
  if (away !== undefined && rooms.isEmpty(room)) away.add(room, text);
  return message.data;
});
const needsToken = process.argv.includes('--token');
// Like this server: zlib's own level and window, messages from 1 KiB on.
const perMessageDeflate = process.argv.includes('--deflate') ? { threshold: 1024 } : false;
new WebSocketServer({ server, path: '/ws', perMessageDeflate }).on('connection', (client, request) => {
  if (needsToken && !isPeerToken(request.url)) {
    client.terminate();
    return;
  }
  rooms.enter(client, request.url);
  away?.sendTo(client);
  client.on('close', () => rooms.leave(client));
  client.on('error', () => {});
});
listen(server);

function queuesOf(options) {
  if (options.includes('--ready')) return new AwayFrames();
  return options.includes('--away') ? new AwayMessages() : undefined;
}
