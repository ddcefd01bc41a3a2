// The ids of messages whose sender chose none.
import { createHash } from 'node:crypto';
import { createRandomSource } from '../log/index.js';

const ID_BYTES = 16;
const randomBits = createRandomSource(ID_BYTES);

/** A new message id: 128 random bits. */
export function randomMessageId(): string {
  return `msg_${randomBits().toString('base64url')}`;
}

/** The message id that stands for an idempotency key: the same for the same tenant, log, sender and key. */
export function derivedMessageId(tenant: string, log: string, sender: string, key: string): string {
  const digest = createHash('sha256').update(JSON.stringify([tenant, log, sender, key])).digest();
  return `msg_${digest.subarray(0, ID_BYTES).toString('base64url')}`;
}
