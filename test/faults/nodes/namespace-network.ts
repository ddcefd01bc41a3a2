// A server in a network namespace of its own: the system's own TCP carries its lines to Redis, or does not.
import { NetworkNamespace } from '../../support/network-namespace.js';
import type { FaultyNetwork } from './node-network.js';

/** Packets are lost or refused between a server and Redis; whoever asks the server for something reaches it all the time. */
export class NamespaceNetwork implements FaultyNetwork {
  private readonly namespace: NetworkNamespace;

  /** @param port Redis's */
  constructor(
    index: number,
    private readonly port: () => number,
  ) {
    this.namespace = new NetworkNamespace(index);
  }

  /** Where Redis has to listen. */
  get address(): string {
    return this.namespace.outside;
  }

  get url(): string {
    return `redis://${this.address}:${this.port()}`;
  }

  get host(): string {
    return this.namespace.inside;
  }

  get launcher(): readonly string[] {
    return this.namespace.launcher;
  }

  open(): Promise<void> {
    this.namespace.open();
    return Promise.resolve();
  }

  close(): Promise<void> {
    this.namespace.close();
    return Promise.resolve();
  }

  cut(): void {
    this.namespace.refuse(this.port());
  }

  swallow(): void {
    this.swallowQuestions();
    this.swallowAnswers();
  }

  swallowAnswers(): void {
    this.namespace.loseAnswers(this.port());
  }

  /** What the server sends to Redis is lost; what Redis publishes comes until it waits for a sign that it came. */
  swallowQuestions(): void {
    this.namespace.loseQuestions(this.port());
  }

  restore(): void {
    this.namespace.heal();
  }
}
