// The signature of a webhook, by the Standard Webhooks specification (https://www.standardwebhooks.com, "Signature scheme").
import { createHmac } from 'node:crypto';

/** What is signed. */
export interface SignedContent {
  /** `webhook-id`. */
  readonly id: string;
  /** `webhook-timestamp`: seconds since the epoch, of the attempt. */
  readonly timestamp: number;
  /** The body, byte by byte as it is sent. */
  readonly body: string;
}

/** `webhook-signature`: HMAC-SHA256 with each of the keys, so that a receiver needs to know one of them only. */
export function signatureOf({ id, timestamp, body }: SignedContent, keys: readonly Uint8Array[]): string {
  return keys.map((key) => `v1,${createHmac('sha256', key).update(`${id}.${timestamp}.${body}`).digest('base64')}`).join(' ');
}
