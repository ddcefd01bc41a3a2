// One route.
import type { VNode } from 'preact';
import { AnswerView } from './answer-view.js';
import { BodyView } from './body-view.js';
import { curlOf } from './curl.js';
import { type Documents, nameOf, type Operation } from './documents.js';
import { EntryHead } from './entry-head.js';
import { Example } from './example.js';
import { ParameterTable } from './parameter-table.js';
import { Inline, Prose } from './prose.js';

interface RouteViewProps {
  id: string;
  method: string;
  path: string;
  operation: Operation;
  documents: Documents;
}

export function RouteView({ id, method, path, operation, documents }: RouteViewProps): VNode {
  const { openApi, schemas } = documents;
  const { summary, description, security, parameters = [], requestBody, responses } = operation;
  const [first] = openApi.servers;
  const origin = `${location.origin}${first === undefined || first.url === '/' ? '' : first.url}`;
  const name = `${method} ${path}`;
  return (
    <article class="panel entry-panel" id={id} aria-labelledby={`${id}-title`}>
      <EntryHead id={id} mark={method} title={path} badges={[accessWords(security)]} />
      <p class="summary">
        <Inline text={`${summary}.`} />
      </p>
      {description !== undefined && <Prose text={description} />}
      {parameters.length > 0 && <h4>Parameters</h4>}
      {parameters.length > 0 && <ParameterTable parameters={parameters} caption={`Parameters of ${name}`} />}
      {requestBody !== undefined && <BodyView what={`Body${requestBody.required ? '' : ' (may be left out)'}`} name={name} content={requestBody.content} schemas={schemas} />}
      <Example title="Request" text={curlOf(origin, method, path, operation)} label={`Request for ${name}`} />
      <h4>Answers</h4>
      {Object.entries(responses).map(([status, response]) => (
        <AnswerView key={status} status={status} name={name} response={response.$ref === undefined ? response : (openApi.components.responses[nameOf(response.$ref)] ?? response)} schemas={schemas} />
      ))}
    </article>
  );
}

function accessWords(security: Operation['security']): string {
  if (security === undefined) return 'open';
  const scopes = security[0]?.bearer ?? [];
  return scopes.length === 0 ? 'any token' : `scope ${scopes.join(', ')}`;
}
