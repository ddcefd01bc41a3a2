// Text of the documents: paragraphs, with code between backticks.
import type { VNode } from 'preact';

export function Prose({ text }: { text: string }): VNode {
  return (
    <div class="prose">
      {text.split('\n\n').map((paragraph, i) => (
        <p key={i}>
          <Inline text={paragraph} />
        </p>
      ))}
    </div>
  );
}

/** One line of it. */
export function Inline({ text }: { text: string }): VNode {
  return <>{text.split('`').map((part, i) => (i % 2 === 1 ? <code key={i}>{part}</code> : part))}</>;
}
