// One webhook: a request that the server sends.
import type { VNode } from 'preact';
import { AnswerView } from './answer-view.js';
import { BodyView } from './body-view.js';
import type { Documents, Webhook } from './documents.js';
import { EntryHead } from './entry-head.js';
import { ParameterTable } from './parameter-table.js';
import { Inline } from './prose.js';

export function WebhookView({ name, webhook, documents }: { name: string; webhook: Webhook; documents: Documents }): VNode {
  const { operationId: id, summary, parameters, requestBody, responses } = webhook;
  return (
    <article class="panel entry-panel" id={id} aria-labelledby={`${id}-title`}>
      <EntryHead id={id} mark="server" title={name} badges={['POST to WEBHOOK_URLS']} />
      <p class="summary">
        <Inline text={`${summary}.`} />
      </p>
      <h4>Headers</h4>
      <ParameterTable parameters={parameters} caption={`Headers of ${name}`} />
      <BodyView what="Body" name={name} content={requestBody.content} schemas={documents.schemas} />
      <h4>What comes of answers</h4>
      {Object.entries(responses).map(([status, response]) => (
        <AnswerView key={status} status={status} name={name} response={response} schemas={documents.schemas} />
      ))}
    </article>
  );
}
