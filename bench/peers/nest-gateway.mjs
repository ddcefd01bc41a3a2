// The peer: what a Nest application does by default. A controller, and a gateway on WsAdapter that loops over its clients;
// nothing stored, nobody authenticated, nothing validated, nothing acknowledged.
import 'reflect-metadata';
import { Body, Controller, Module, Param, Post } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { FastifyAdapter } from '@nestjs/platform-fastify';
import { WsAdapter } from '@nestjs/platform-ws';
import { WebSocketGateway } from '@nestjs/websockets';
import { messageOf } from './message.mjs';
import { Rooms } from './rooms.mjs';

class BroadcastGateway {
  rooms = new Rooms();

  handleConnection(client, request) {
    this.rooms.enter(client, request.url);
  }

  handleDisconnect(client) {
    this.rooms.leave(client);
  }

  broadcast(room, content) {
    const message = messageOf(room, content);
    const text = JSON.stringify(message);
    for (const client of this.rooms.of(room)) client.send(text);
    return message.data;
  }
}
WebSocketGateway({ path: '/ws' })(BroadcastGateway);

class PublishController {
  constructor(gateway) {
    this.gateway = gateway;
  }

  publish(items) {
    return items.map(({ room, content }) => this.gateway.broadcast(String(room), content));
  }

  publishOne(room, { content }) {
    return this.gateway.broadcast(room, content);
  }
}
// Decorators, as TypeScript would apply them.
const route = (path, name) => Post(path)(PublishController.prototype, name, Object.getOwnPropertyDescriptor(PublishController.prototype, name));
Body()(PublishController.prototype, 'publish', 0);
Param('room')(PublishController.prototype, 'publishOne', 0);
Body()(PublishController.prototype, 'publishOne', 1);
route('publish', 'publish');
route('rooms/:room/messages', 'publishOne');
Controller()(PublishController);
Reflect.defineMetadata('design:paramtypes', [BroadcastGateway], PublishController);

class PeerModule {}
Module({ controllers: [PublishController], providers: [BroadcastGateway] })(PeerModule);

const app = await NestFactory.create(PeerModule, new FastifyAdapter({ bodyLimit: 64 * 1024 * 1024 }), { logger: false });
app.useWebSocketAdapter(new WsAdapter(app));
await app.listen(0, '127.0.0.1');
process.send({ kind: 'listening', port: app.getHttpServer().address().port });
process.on('SIGTERM', () => process.exit(0));
