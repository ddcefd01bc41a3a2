// The signature against the example of the specification.
import { describe, expect, it } from 'vitest';
import { webhookKeys } from '../config/index.js';
import { signatureOf } from './webhook-signature.js';

describe('a signature', () => {
  // https://github.com/standard-webhooks/standard-webhooks, tests of the reference libraries.
  const [key] = webhookKeys({ webhookSecret: 'whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw' });
  const content = { id: 'msg_p5jXN8AQM9LWM0D4loKWxJek', timestamp: 1614265330, body: '{"test": 2432232314}' };

  it('is the one of the specification', () => {
    expect(signatureOf(content, [key])).toBe('v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=');
  });

  it('is there once for each key', () => {
    const other = Buffer.from('another');
    expect(signatureOf(content, [other, key])).toBe(`${signatureOf(content, [other])} ${signatureOf(content, [key])}`);
  });
});
