// Gives the core who traces, if somebody does, and tells that of acknowledgements.
import { Global, Inject, Module, type OnApplicationBootstrap, type OnApplicationShutdown, Optional } from '@nestjs/common';
import { DeliveryTracing } from '../delivery/index.js';
import { ChatEvents } from '../events/index.js';

/** Global, so that it ends behind what still acknowledges, and before the engine. */
@Global()
@Module({})
export class TracingModule implements OnApplicationBootstrap, OnApplicationShutdown {
  constructor(
    private readonly events: ChatEvents,
    @Optional() @Inject(DeliveryTracing) private readonly tracing?: DeliveryTracing,
  ) {}

  onApplicationBootstrap(): void {
    const { tracing } = this;
    if (tracing !== undefined) this.events.on('delivered', (delivered) => tracing.acknowledged(delivered));
  }

  /** The engine is stopped after this: what it brings to its end is not traced any more. */
  async onApplicationShutdown(): Promise<void> {
    await this.tracing?.stop();
  }
}
