// What a request may be answered with.
import type { VNode } from 'preact';
import { BodyView, pretty } from './body-view.js';
import type { Documents, Response } from './documents.js';
import { Example } from './example.js';
import { Inline } from './prose.js';

/** One status: open for what succeeds, and folded for errors, which are all alike. */
export function AnswerView({ status, name, response, schemas }: { status: string; name: string; response: Response; schemas: Documents['schemas'] }): VNode {
  const { content = {}, description } = response;
  const problem = content['application/problem+json'];
  const codes = Object.keys(problem?.examples ?? {});
  return (
    <details class="answer">
      <summary>
        <span class={`status status-${status.charAt(0)}`}>{status}</span> {codes.length > 0 && <code>{codes.join(', ')}</code>} <Inline text={description} />
      </summary>
      {problem === undefined ? (
        <BodyView what="" name={`${name}, ${status}`} content={content} schemas={schemas} />
      ) : (
        codes.map((code) => <Example key={code} text={pretty(problem.examples?.[code]?.value)} label={`Example of ${code}`} />)
      )}
    </details>
  );
}
