// What a number means: shown beside a question mark at hover, focus and tap, gone at Escape (WCAG 1.4.13).
import type { VNode } from 'preact';
import { useId, useState } from 'preact/hooks';

/** `about` is what the explanation is of. */
export function Tip({ about, text }: { about: string; text: string }): VNode {
  const id = useId();
  const [dismissed, setDismissed] = useState(false);
  return (
    <span
      class={dismissed ? 'tip tip-dismissed' : 'tip'}
      onKeyDown={({ key }) => key === 'Escape' && setDismissed(true)}
      onMouseEnter={() => setDismissed(false)}
      onFocusOut={() => setDismissed(false)}
    >
      <button type="button" class="tip-mark" aria-label={`What is ${about}?`} aria-describedby={id} onClick={() => setDismissed(false)}>
        ?
      </button>
      <span class="tip-text" role="tooltip" id={id}>
        {text}
      </span>
    </span>
  );
}
