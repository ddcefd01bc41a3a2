// One frame of the WebSocket.
import type { VNode } from 'preact';
import type { Documents, Message } from './documents.js';
import { EntryHead } from './entry-head.js';
import { Example } from './example.js';
import { Inline } from './prose.js';
import { SchemaView } from './schema-view.js';

/** Who sends a frame, by the first part of its name. */
const SENDERS: Readonly<Record<string, { mark: string; badge: string }>> = {
  notification: { mark: 'server', badge: 'every connection' },
  control: { mark: 'server', badge: 'chatapi.v1' },
  command: { mark: 'client', badge: 'command' },
};

export function FrameView({ id, message, documents }: { id: string; message: Message; documents: Documents }): VNode {
  const { title, summary, payload, examples } = message;
  const { mark = 'server', badge = '' } = SENDERS[id.split('.')[0] ?? ''] ?? {};
  return (
    <article class="panel entry-panel" id={id} aria-labelledby={`${id}-title`}>
      <EntryHead id={id} mark={mark} title={title} badges={[badge]} />
      <p class="summary">
        <Inline text={summary} />
      </p>
      <SchemaView schema={payload} schemas={documents.schemas} caption={`Fields of ${title}`} />
      <h4>{examples.length === 1 ? 'Example' : 'Examples'}</h4>
      {examples.map((example, i) => (
        <Example key={i} text={JSON.stringify(example.payload)} label={`Example ${i + 1} of ${title}`} />
      ))}
    </article>
  );
}
