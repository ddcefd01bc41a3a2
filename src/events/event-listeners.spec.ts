// Methods that listen to what happens.
import { ConsoleLogger, Controller, Injectable, Module, Scope } from '@nestjs/common';
import { Test, type TestingModule } from '@nestjs/testing';
import { describe, expect, it } from 'vitest';
import { ChatEvents, type ConnectionReference, type Disconnected, type Published } from './chat-events.js';
import { EventsModule } from './events.module.js';
import { OnChatEvent } from './on-chat-event.decorator.js';

const ALICE: ConnectionReference = { tenant: 'default', clientId: 'alice', connectionId: 'c', device: '', address: '127.0.0.1', transport: 'websocket' };
const PUBLISHED: Published[] = [{ tenant: 'default', log: 'r', publisher: 'alice', type: 'message', seq: 1, id: 'r:1' }];

@Injectable()
class Listening {
  readonly heard: unknown[] = [];

  @OnChatEvent('connected')
  connected({ clientId }: ConnectionReference): void {
    this.heard.push(clientId);
  }

  @OnChatEvent('published')
  async published(published: readonly Published[]): Promise<void> {
    this.heard.push(...published.map(({ id }) => id));
    return Promise.reject(new Error('late'));
  }

  @OnChatEvent('disconnected')
  disconnected({ code }: Disconnected): void {
    this.heard.push(code);
    throw new Error('at once');
  }
}

/** By two tokens, and still once. */
@Module({ providers: [Listening, { provide: 'alias', useExisting: Listening }] })
class TeamModule {}

async function start(...imports: (new () => object)[]): Promise<TestingModule> {
  const module = await Test.createTestingModule({ imports: [EventsModule, ...imports] }).setLogger(new ConsoleLogger({ logLevels: [] })).compile();
  return module.init();
}

describe('listeners', () => {
  it('hear what they listen to, once each', async () => {
    const module = await start(TeamModule);
    const events = module.get(ChatEvents);
    events.emit('connected', ALICE);
    events.emit('published', PUBLISHED);
    events.emit('left', { tenant: 'default', roomId: 'r', by: 'alice', clientIds: ['alice'] });
    expect(module.get(Listening).heard).toEqual(['alice', 'r:1']);
  });

  it('that fail, at once or later, harm nobody', async () => {
    const module = await start(TeamModule);
    const events = module.get(ChatEvents);
    const others: string[] = [];
    events.on('disconnected', ({ clientId }) => others.push(clientId));
    expect(() => events.emit('disconnected', { ...ALICE, code: 1000, durationMs: 5 })).not.toThrow();
    expect({ others, heard: module.get(Listening).heard }).toEqual({ others: ['alice'], heard: [1000] });
  });

  it('may be controllers', async () => {
    @Controller()
    class ListeningController extends Listening {}
    @Module({ controllers: [ListeningController] })
    class ControllerModule {}
    const module = await start(ControllerModule);
    module.get(ChatEvents).emit('connected', ALICE);
    expect(module.get(ListeningController).heard).toEqual(['alice']);
  });

  it('cost nothing for events that nobody listens to', async () => {
    const module = await start(TeamModule);
    const events = module.get(ChatEvents);
    expect([events.wanted('published'), events.wanted('delivered')]).toEqual([true, false]);
  });

  it('of a request stop the boot', async () => {
    @Injectable({ scope: Scope.REQUEST })
    class OfRequest extends Listening {}
    @Module({ providers: [OfRequest] })
    class RequestModule {}
    await expect(start(RequestModule)).rejects.toThrow(/OfRequest.connected listens to connected and depends on the request/);
  });
});
