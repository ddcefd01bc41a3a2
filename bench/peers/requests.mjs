// The HTTP side of the peers on node:http: POST /publish with an array, POST /rooms/:room/messages with one message.
import { createServer } from 'node:http';

/** Makes a server that calls `broadcast(room, content)` for each message and answers 201. */
export function createPublishServer(broadcast) {
  return createServer((request, response) => {
    const chunks = [];
    request.on('data', (chunk) => chunks.push(chunk));
    request.on('end', () => {
      const body = JSON.parse(Buffer.concat(chunks).toString());
      const data = Array.isArray(body) ? body.map(({ room, content }) => broadcast(String(room), content)) : broadcast(request.url.split('/')[2], body.content);
      const answer = JSON.stringify(data);
      response.writeHead(201, { 'Content-Type': 'application/json', 'Content-Length': Buffer.byteLength(answer) });
      response.end(answer);
    });
  });
}

/** Listens on a port of the system's choice and tells the parent process which. */
export function listen(server) {
  server.listen(0, '127.0.0.1', () => process.send({ kind: 'listening', port: server.address().port }));
  process.on('SIGTERM', () => process.exit(0));
}
