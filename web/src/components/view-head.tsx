// The head of a view: what it is, and what it is for.
import type { ComponentChildren, VNode } from 'preact';

export function ViewHead({ title, text, children }: { title: string; text?: string; children?: ComponentChildren }): VNode {
  return (
    <div class="view-head">
      <div>
        <h1 tabIndex={-1}>{title}</h1>
        {text !== undefined && <p>{text}</p>}
      </div>
      {children !== undefined && <div class="buttons">{children}</div>}
    </div>
  );
}
