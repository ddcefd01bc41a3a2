// The head of a route or frame: what it is, and its own address.
import type { VNode } from 'preact';

export function EntryHead({ id, mark, title, badges }: { id: string; mark: string; title: string; badges: readonly string[] }): VNode {
  return (
    <header class="entry-head">
      <span class={`mark mark-${mark.toLowerCase()}`}>{mark}</span>
      <h3 id={`${id}-title`}>
        <a href={`#${id}`}>
          <code>{title}</code>
        </a>
      </h3>
      {badges.map((badge) => (
        <span key={badge} class="badge badge-quiet">
          {badge}
        </span>
      ))}
    </header>
  );
}
