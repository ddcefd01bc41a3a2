// The webhooks of GET /docs/openapi.json: what the server POSTs to the operator's URLs, from the types of src/webhooks/webhook-bodies.ts.
import { exampleOf } from './examples.mjs';

/** By the Standard Webhooks specification. */
const HEADERS = [
  { name: 'webhook-id', description: 'The same each time the event is sent: the key for ignoring what comes again.', schema: { type: 'string' }, example: 'evt_l2sZ0n6nJq2kXcDq0ZB7cXl3o9f' },
  { name: 'webhook-timestamp', description: 'When this attempt was made: seconds since the epoch.', schema: { type: 'integer' }, example: 1_705_314_600 },
  {
    name: 'webhook-signature',
    description: 'HMAC-SHA256 of id, timestamp and body, joined by dots, with each of `WEBHOOK_SECRET`, in base64 and behind `v1,`; several stand apart by a space.',
    schema: { type: 'string' },
    example: 'v1,K5oZfzN95Z9UVu1EsfQmfVNQhnkZ2pj9o9NDN/H/pI4=',
  },
].map((header) => ({ in: 'header', required: true, ...header }));

/** What comes of what the receiver answers. */
const ANSWERS = {
  '2XX': { description: 'Delivered. The body is not read.' },
  410: { description: 'The event is given up for this URL.' },
  default: { description: 'Tried again, with back-off, as is what is not answered within `WEBHOOK_TIMEOUT_SECONDS`; not before `Retry-After`. Redirections are not followed.' },
};

/** One of each type. */
export async function webhooksOf(declarations, schemas) {
  const webhooks = {};
  for (const webhook of declarations.typeOf('WebhookBodies').getProperties()) {
    const { text } = declarations.commentOf(webhook);
    if (text === '') throw new Error(`WebhookBodies['${webhook.name}'] has no doc comment: it is the summary of the webhook`);
    const schema = await schemas.of(declarations.checker.getTypeOfSymbol(webhook));
    const content = { 'application/json': { schema, example: exampleOf(schema, schemas.components) } };
    const operation = { operationId: `webhook.${webhook.name}`, summary: text.replace(/\.$/, ''), parameters: HEADERS, requestBody: { required: true, content }, responses: ANSWERS };
    webhooks[webhook.name] = { post: operation };
  }
  return webhooks;
}
