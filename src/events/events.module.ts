// Provides the events to every module, and listens with the methods that want to.
import { Global, Module } from '@nestjs/common';
import { DiscoveryModule } from '@nestjs/core';
import { ChatEvents } from './chat-events.js';
import { EventListeners } from './event-listeners.js';

@Global()
@Module({ imports: [DiscoveryModule], providers: [ChatEvents, EventListeners], exports: [ChatEvents] })
export class EventsModule {}
