// The body of a request or an answer.
import type { VNode } from 'preact';
import type { Content, Documents } from './documents.js';
import { Example } from './example.js';
import { SchemaView } from './schema-view.js';

/** A body in each of its media types: its fields, and an example. */
export function BodyView({ what, name, content, schemas }: { what: string; name: string; content: Record<string, Content>; schemas: Documents['schemas'] }): VNode {
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

export function pretty(value: unknown): string {
  return JSON.stringify(value, null, 2);
}
