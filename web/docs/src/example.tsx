// Text to copy.
import type { VNode } from 'preact';
import { useState } from 'preact/hooks';

/** How long the button says that it was copied, ms. */
const TOLD_MS = 2_000;

export function Example({ title, text, label }: { title?: string; text: string; label: string }): VNode {
  const [copied, setCopied] = useState(false);
  const copy = (): void => {
    void navigator.clipboard.writeText(text).then(() => {
      setCopied(true);
      setTimeout(() => setCopied(false), TOLD_MS);
    });
  };
  return (
    <>
      {title !== undefined && <h4>{title}</h4>}
      <div class="example">
        <pre>{text}</pre>
        {/* Browsers have a clipboard for secure contexts only. */}
        {isSecureContext && (
          <button type="button" class="small" aria-label={`Copy: ${label}`} onClick={copy}>
            {copied ? 'Copied' : 'Copy'}
          </button>
        )}
      </div>
    </>
  );
}
