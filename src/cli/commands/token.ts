// `chatapi token`: a token that this server accepts, for development and for backends that share its secret.
import type { Command } from '../command.js';
import { tokenSigner } from '../token-signer.js';

const DEFAULT_TTL_SECONDS = 3600;

export const tokenCommand: Command = {
  summary: 'signs a token with the configured secret, or the one kept for development',
  options: {
    sub: { value: 'client', description: 'the client id', required: true },
    scope: { value: 'scopes', description: 'space-separated, such as "admin publish"' },
    ttl: { value: 'seconds', description: `how long it is valid; ${DEFAULT_TTL_SECONDS} when absent` },
    tenant: { value: 'tenant', description: 'the tenant; "default" when absent' },
    json: { description: 'the token and its claims as one JSON object' },
  },

  async run(values) {
    const [sub, scope, tenant, ttlSeconds] = [values.identifier('sub'), values.text('scope'), values.identifier('tenant'), values.count('ttl')];
    const sign = await tokenSigner();
    const { token, claims } = sign({
      sub,
      ttlSeconds: ttlSeconds ?? DEFAULT_TTL_SECONDS,
      ...(scope !== undefined && { scope }),
      ...(tenant !== undefined && { tenant }),
    });
    process.stdout.write(`${values.flag('json') ? JSON.stringify({ token, ...claims }) : token}\n`);
  },
};
