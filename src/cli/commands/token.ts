// `chatapi token`: a token that this server accepts, for development and for backends that share its secret.
import { randomUUID } from 'node:crypto';
import type { Command } from '../command.js';

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
    const issuedAt = Math.floor(Date.now() / 1000);
    const scope = values.text('scope');
    const tenant = values.identifier('tenant');
    const asked = {
      sub: values.identifier('sub'),
      jti: randomUUID(),
      iat: issuedAt,
      exp: issuedAt + (values.count('ttl') ?? DEFAULT_TTL_SECONDS),
      ...(scope !== undefined && { scope }),
      ...(tenant !== undefined && { tenant }),
    };
    // Loaded only here: what `--help` and a mistyped option do not need, they do not wait for.
    const [{ JwtService }, { readSettings, tokenAlgorithms }] = await Promise.all([import('@nestjs/jwt'), import('../../config/index.js')]);
    const settings = readSettings();
    const { jwtSecret, jwtIssuer, jwtAudience } = settings;
    if (jwtSecret === undefined) {
      throw new Error('Tokens are signed by whoever holds the private key: JWT_PUBLIC_KEY and JWT_JWKS_URI only check them. Without both, JWT_SECRET signs.');
    }
    const claims = { ...asked, ...(jwtIssuer !== undefined && { iss: jwtIssuer }), ...(jwtAudience !== undefined && { aud: jwtAudience }) };
    const [algorithm] = tokenAlgorithms(settings) as ('HS256' | 'HS384' | 'HS512')[];
    const token = new JwtService({ secret: jwtSecret }).sign(claims, { algorithm });
    process.stdout.write(`${values.flag('json') ? JSON.stringify({ token, ...claims }) : token}\n`);
  },
};
