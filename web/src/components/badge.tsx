// A word in a colour: a state that one sees at a glance, and can read.
import type { VNode } from 'preact';

/** What the colour says. */
export type Tone = 'good' | 'warn' | 'bad' | 'quiet' | 'accent';

export function Badge({ tone, text, title }: { tone: Tone; text: string; title?: string }): VNode {
  return (
    <span class={`badge badge-${tone}`} {...(title !== undefined && { title })}>
      {text}
    </span>
  );
}
