// Provides the engine: started before anything uses it, stopped after everything has.
import { Global, Inject, Logger, Module, type OnApplicationShutdown } from '@nestjs/common';
import { Settings } from '../config/index.js';
import { Clock, systemClock } from '../log/index.js';
import { DeliveryEngine } from './delivery-engine.interface.js';
import { EngineMeter } from './engine-meter.js';
import { EmbeddedEngine } from './embedded/index.js';
import { embeddedOptions, redisOptions } from './engine-options.js';
import { SynchronizedClock } from './synchronized-clock.js';

/** Exit code of a process whose store has failed (EX_IOERR of sysexits.h). */
const EXIT_STORE_FAILED = 74;

/** The injection token of an engine that a team has given, and nobody has started; without one the engine is what ENGINE says. */
export const GivenEngine = Symbol('GivenEngine');

async function startEngine(settings: Settings, clock: Clock, meter: EngineMeter, given?: DeliveryEngine): Promise<DeliveryEngine> {
  const engine = given ?? (settings.engine === 'redis' ? await redisEngine(settings, clock) : embeddedEngine(settings, clock));
  await engine.start();
  meter.attach(engine);
  return engine;
}

function embeddedEngine(settings: Settings, clock: Clock): DeliveryEngine {
  return new EmbeddedEngine({ ...embeddedOptions(settings), onFatal: endProcess }, clock);
}

/** Loaded only where it is used. */
async function redisEngine(settings: Settings, clock: Clock): Promise<DeliveryEngine> {
  const { RedisEngine } = await import('./redis/index.js');
  const logger = new Logger('Engine');
  return new RedisEngine(
    {
      ...redisOptions(settings),
      presenceMaxRoomSize: settings.presenceMaxRoomSize,
      rateLimitWindowSeconds: settings.rateLimitWindowSeconds,
      ...(settings.maxConnectionsPerClient > 0 && {
        connectionLimit: { max: settings.maxConnectionsPerClient, closesOldest: settings.connectionLimitPolicy === 'close-oldest' },
      }),
      ...(clock instanceof SynchronizedClock && { onTime: (said, elapsedMs) => clock.set(said, elapsedMs) }),
    },
    clock,
    (error) => logger.error({ msg: 'Redis', err: error }),
  );
}

/** After a failed fsync nothing is known of what is on disk: only a new process reads it anew. */
function endProcess(error: Error): never {
  new Logger('Engine').fatal({ msg: 'the store has failed', err: error });
  process.exit(EXIT_STORE_FAILED);
}

/** The clock of an engine: processes over one Redis have its time. */
export function clockOf({ engine }: Settings): Clock {
  return engine === 'redis' ? new SynchronizedClock(systemClock) : systemClock;
}

/** Needs `Settings` and `Clock` from global modules. */
@Global()
@Module({
  providers: [
    { provide: DeliveryEngine, inject: [Settings, Clock, EngineMeter, { token: GivenEngine, optional: true }], useFactory: startEngine },
    EngineMeter,
  ],
  exports: [DeliveryEngine, EngineMeter],
})
export class EngineModule implements OnApplicationShutdown {
  constructor(@Inject(DeliveryEngine) private readonly engine: DeliveryEngine) {}

  async onApplicationShutdown(): Promise<void> {
    await this.engine.stop();
  }
}
