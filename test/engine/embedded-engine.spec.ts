// The embedded engine against the conformance suite.
import { describeDeliveryEngine, type EngineUnderTest } from './conformance.js';
import { createDataDir, startEngine } from './embedded-store.js';

describeDeliveryEngine('the embedded engine', async (limits, clock) => {
  const { path, remove } = await createDataDir();
  const start = () => startEngine(path, limits, clock);
  const under: EngineUnderTest = {
    engine: await start(),
    async restart() {
      await under.engine.stop();
      under.engine = await start();
    },
    async destroy() {
      await under.engine.stop();
      await remove();
    },
  };
  return under;
});
