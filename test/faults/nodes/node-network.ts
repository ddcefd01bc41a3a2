// Where a server is, and what is between it and its store.
import { TcpProxy } from '../../support/tcp-proxy.js';

/** Servers of a run. */
export const NODES = 3;
/** What subscribes to publications, as the line to Redis has it. */
const SUBSCRIPTION = 'ssubscribe';

/** How a server is started. */
export interface NodeNetwork {
  /** Its REDIS_URL. */
  readonly url: string;
  /** Where it listens; on this machine's loopback when absent. */
  readonly host?: string;
  /** What starts it; it is started as it is when absent. */
  readonly launcher?: readonly string[];
}

/** One that can fail, until {@link restore}. */
export interface FaultyNetwork extends NodeNetwork {
  /** Before the store is there. */
  open(): Promise<unknown>;
  close(): Promise<void>;
  /** Lines are cut, and new ones refused. */
  cut(): void;
  /** Nothing passes, in neither direction, and nobody is told. */
  swallow(): void;
  /** What Redis sends is lost, and nobody is told. */
  swallowAnswers(): void;
  restore(): void;
}

/** Connections through a proxy. What is swallowed is so for the lines that are open: new ones are good. */
export class ProxyNetwork implements FaultyNetwork {
  private readonly proxy: TcpProxy;

  constructor(port: () => number) {
    this.proxy = new TcpProxy(port, SUBSCRIPTION);
  }

  get url(): string {
    return `redis://127.0.0.1:${this.proxy.port}`;
  }

  open(): Promise<unknown> {
    return this.proxy.listen();
  }

  close(): Promise<void> {
    return this.proxy.close();
  }

  cut(): void {
    this.proxy.cut();
  }

  swallow(): void {
    this.proxy.swallow();
  }

  swallowAnswers(): void {
    this.proxy.swallowAnswers();
  }

  /** Commands go on, and what is published does not come. */
  swallowPublications(): void {
    this.proxy.swallowMarked();
  }

  restore(): void {
    this.proxy.restore();
  }
}
