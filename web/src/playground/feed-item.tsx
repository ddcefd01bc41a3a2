// One entry of the feed. Whatever came is shown as text, never as markup.
import { Component, type VNode } from 'preact';
import { Badge } from '../components/badge.js';
import { describe, type Frame, roomOf } from '../frames/describe.js';
import { timeOfDay } from '../format.js';
import { DebugLine } from './debug-line.js';
import type { FeedEntry, FrameEntry } from './feed.js';
import { acknowledge } from './playground.js';

interface FeedItemProps {
  entry: FeedEntry;
  /** Whether there is something to acknowledge by hand. */
  acknowledgeable: boolean;
}

/** An entry never changes, so neither does what is shown of it. */
export class FeedItem extends Component<FeedItemProps> {
  override shouldComponentUpdate({ entry, acknowledgeable }: FeedItemProps): boolean {
    return entry !== this.props.entry || acknowledgeable !== this.props.acknowledgeable;
  }

  override render({ entry, acknowledgeable }: FeedItemProps): VNode {
    if (entry.kind === 'mark') {
      return (
        <li class={`feed-mark feed-mark-${entry.tone}`}>
          <span>{entry.text}</span>
          <Time at={entry.at} />
        </li>
      );
    }
    if (entry.kind === 'sent') {
      return (
        <li class="entry entry-sent" data-type="sent">
          <p class="frame-head">
            <span class="frame-type">sent</span>
            <Time at={entry.at} />
          </p>
          <p class="frame-content mono">{entry.text}</p>
        </li>
      );
    }
    return <ArrivedFrame entry={entry} acknowledgeable={acknowledgeable} />;
  }
}

function ArrivedFrame({ entry: { frame, text, at, duplicate }, acknowledgeable }: { entry: FrameEntry; acknowledgeable: boolean }): VNode {
  const { by, content } = frame === undefined ? { by: undefined, content: text } : describe(frame);
  return (
    <li class="entry" data-type={frame?.type ?? 'not JSON'}>
      <p class="frame-head">
        <span class="frame-type">{frame?.type ?? 'not JSON'}</span>
        {frame !== undefined && roomOf(frame) !== undefined && <span class="frame-room">{roomOf(frame)}</span>}
        {frame?.seq !== undefined && <span class="seq">#{frame.seq}</span>}
        {frame?.ref !== undefined && <span class="seq">ref {frame.ref}</span>}
        {duplicate && <Badge tone="warn" text="duplicate" title="A notification of this id came before" />}
        <Time at={at} />
      </p>
      <p class="frame-content">
        {by !== undefined && <strong>{by} </strong>}
        {content}
      </p>
      {frame?.debug !== undefined && <DebugLine debug={frame.debug} />}
      <div class="frame-foot">
        <details>
          <summary>JSON</summary>
          <pre tabIndex={0}>{frame === undefined ? text : JSON.stringify(frame, undefined, 2)}</pre>
        </details>
        {acknowledgeable && frame !== undefined && <AcknowledgeButton frame={frame} />}
      </div>
    </li>
  );
}

function AcknowledgeButton({ frame: { id, seq } }: { frame: Frame }): VNode | null {
  if (id === undefined || seq === undefined) return null;
  // What stands in the id before the number: a room, or `@` and the client.
  const log = id.slice(0, id.lastIndexOf(':'));
  return (
    <button type="button" class="small" aria-label={`Acknowledge ${log} up to ${seq}`} onClick={() => acknowledge(log, seq)}>
      Acknowledge
    </button>
  );
}

function Time({ at }: { at: number }): VNode {
  return <time dateTime={new Date(at).toISOString()}>{timeOfDay(at)}</time>;
}
