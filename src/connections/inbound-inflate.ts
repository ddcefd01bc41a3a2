// Compressed messages of a client: inflated by the library within its bounds, without keeping anything for a client that is quiet.
import * as webSocketLibrary from 'ws';
import type { DeflateParameters } from './deflate-negotiation.js';

type Inflated = (error: Error | null, data?: Buffer) => void;

/** What the library's class is used for here; its types do not know it. */
interface PerMessageDeflate {
  params: DeflateParameters;
  /** Inflates part of a message. What is too large fails with 1009, what cannot be understood with 1007; never answers at once. */
  decompress(data: Buffer, fin: boolean, callback: Inflated): void;
  /** Lets go of the memory for compressing and inflating. */
  cleanup(): void;
}

/** `maxPayload`: what a message may hold, inflated, in bytes. `concurrencyLimit`: messages of all connections that are inflated at a time. */
type PerMessageDeflateClass = new (options: { isServer: true; maxPayload: number; concurrencyLimit: number }) => PerMessageDeflate;

const { PerMessageDeflate: Library } = webSocketLibrary as unknown as { PerMessageDeflate: PerMessageDeflateClass };

/** Inflating takes threads of Node's pool, of which there are four: tokens are verified and files written by the others. */
const CONCURRENCY_LIMIT = 2;

const NOTHING = Buffer.alloc(0);

/** The extension of one connection, as the library's receiver uses it. */
export class InboundInflate extends Library {
  private fragments: Buffer[] | undefined = undefined;

  constructor(params: DeflateParameters, maxPayloadBytes: number) {
    super({ isServer: true, maxPayload: maxPayloadBytes, concurrencyLimit: CONCURRENCY_LIMIT });
    this.params = params;
  }

  /** Fragments wait as they came, of which the receiver lets no more come than MAX_PAYLOAD_BYTES: half a message keeps no inflating memory. */
  override decompress(data: Buffer, fin: boolean, callback: Inflated): void {
    if (!fin) {
      (this.fragments ??= []).push(data);
      setImmediate(callback, null, NOTHING);
      return;
    }
    const message = this.fragments === undefined ? data : Buffer.concat([...this.fragments, data]);
    this.fragments = undefined;
    super.decompress(message, true, (error, inflated) => {
      this.cleanup();
      callback(error, inflated);
    });
  }
}
