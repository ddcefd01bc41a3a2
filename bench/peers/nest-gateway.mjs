// The peer: what a Nest application does by default. A gateway on WsAdapter that loops over its clients, nothing stored,
// nobody authenticated, nothing acknowledged.
import 'reflect-metadata';
import { Module } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { FastifyAdapter } from '@nestjs/platform-fastify';
import { WsAdapter } from '@nestjs/platform-ws';
import { WebSocketGateway } from '@nestjs/websockets';

class BroadcastGateway {
  clients = new Set();

  handleConnection(client) {
    this.clients.add(client);
  }

  handleDisconnect(client) {
    this.clients.delete(client);
  }

  broadcast(message) {
    const text = JSON.stringify(message);
    for (const client of this.clients) client.send(text);
  }
}
WebSocketGateway({ path: '/ws' })(BroadcastGateway);

class PeerModule {}
Module({ providers: [BroadcastGateway] })(PeerModule);

const app = await NestFactory.create(PeerModule, new FastifyAdapter({ bodyLimit: 64 * 1024 * 1024 }), { logger: false });
app.useWebSocketAdapter(new WsAdapter(app));
const gateway = app.get(BroadcastGateway);
app
  .getHttpAdapter()
  .getInstance()
  .post('/publish', (request, reply) => {
    request.body.forEach((item, i) => {
      const data = { id: `msg_${i}`, room_id: item.room_id, client_id: 'bench', content: item.content, timestamp: new Date().toISOString() };
      gateway.broadcast({ type: 'message', data });
    });
    reply.code(201).send([]);
  });
await app.listen(0, '127.0.0.1');
process.send({ kind: 'listening', port: app.getHttpServer().address().port });
process.on('SIGTERM', () => process.exit(0));
