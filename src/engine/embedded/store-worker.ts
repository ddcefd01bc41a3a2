// The store's thread: opens the store, answers one batch after the other. Loads nothing but the store.
import { parentPort, workerData } from 'node:worker_threads';
import type { StoreReport, StoreRequest, StoreSettings } from './store-operation.js';
import { Store } from './store.js';

if (parentPort === null) throw new Error('store-worker runs as a worker thread only');
const port = parentPort;

function report(message: StoreReport): void {
  port.postMessage(message);
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

function open(): Store | undefined {
  try {
    return new Store(workerData as StoreSettings);
  } catch (error) {
    report({ kind: 'refused', message: messageOf(error) });
    return undefined;
  }
}

/** A broken store is left as it is: not even closed, which would write. */
function answer(store: Store, request: StoreRequest): void {
  try {
    if (request.kind === 'close') {
      store.close();
      report({ kind: 'closed' });
      port.close();
      return;
    }
    report({ kind: 'answered', outcomes: store.run(request.now, request.operations) });
    store.checkpointIfDue();
  } catch (error) {
    report({ kind: 'broken', message: messageOf(error) });
    port.close();
  }
}

const store = open();
if (store !== undefined) {
  port.on('message', (request: StoreRequest) => answer(store, request));
  report({ kind: 'opened' });
}
