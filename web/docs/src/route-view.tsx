// One route.
import type { VNode } from 'preact';
import { curlOf } from './curl.js';
import { type Content, type Documents, nameOf, type Operation, type Response } from './documents.js';
import { EntryHead } from './entry-head.js';
import { Example } from './example.js';
import { ParameterTable } from './parameter-table.js';
import { Inline, Prose } from './prose.js';
import { SchemaView } from './schema-view.js';

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
      {requestBody !== undefined && <Bodies what={`Body${requestBody.required ? '' : ' (may be left out)'}`} name={name} content={requestBody.content} schemas={schemas} />}
      <Example title="Request" text={curlOf(origin, method, path, operation)} label={`Request for ${name}`} />
      <h4>Answers</h4>
      {Object.entries(responses).map(([status, response]) => (
        <Answer key={status} status={status} name={name} response={response.$ref === undefined ? response : (openApi.components.responses[nameOf(response.$ref)] ?? response)} schemas={schemas} />
      ))}
    </article>
  );
}

function accessWords(security: Operation['security']): string {
  if (security === undefined) return 'open';
  const scopes = security[0]?.bearer ?? [];
  return scopes.length === 0 ? 'any token' : `scope ${scopes.join(', ')}`;
}

/** One status: open for what succeeds, and folded for errors, which are all alike. */
function Answer({ status, name, response, schemas }: { status: string; name: string; response: Response; schemas: Documents['schemas'] }): VNode {
  const { content = {}, description } = response;
  const problem = content['application/problem+json'];
  const codes = Object.keys(problem?.examples ?? {});
  return (
    <details class="answer">
      <summary>
        <span class={`status status-${status.charAt(0)}`}>{status}</span> {codes.length > 0 && <code>{codes.join(', ')}</code>} <Inline text={description} />
      </summary>
      {problem === undefined ? (
        <Bodies what="" name={`${name}, ${status}`} content={content} schemas={schemas} />
      ) : (
        codes.map((code) => <Example key={code} text={pretty(problem.examples?.[code]?.value)} label={`Example of ${code}`} />)
      )}
    </details>
  );
}

function Bodies({ what, name, content, schemas }: { what: string; name: string; content: Record<string, Content>; schemas: Documents['schemas'] }): VNode {
  return (
    <>
      {what !== '' && <h4>{what}</h4>}
      {Object.entries(content).map(([media, { schema, example }]) => (
        <div key={media} class="body">
          <p class="media">{media}</p>
          {schema !== undefined && <SchemaView schema={schema} schemas={schemas} caption={`Fields of ${name}, ${media}`} />}
          {example !== undefined && <Example text={pretty(example)} label={`Example of ${name}, ${media}`} />}
        </div>
      ))}
    </>
  );
}

function pretty(value: unknown): string {
  return JSON.stringify(value, null, 2);
}
