// Trying things out as a client: connecting with a token, watching frames, sending, acknowledging, cutting the line.
import type { VNode } from 'preact';
import { ViewHead } from '../components/view-head.js';
import { ConnectPanel } from './connect-panel.js';
import { FeedPanel } from './feed-panel.js';
import { RecoveryPanel } from './recovery-panel.js';
import { SendPanel } from './send-panel.js';

export function PlaygroundView(): VNode {
  return (
    <>
      <ViewHead title="Playground" text="Be one of the clients: connect with its token, watch its frames, cut its line and see that nothing is lost." />
      <div class="playground">
        <div class="column">
          <ConnectPanel />
          <RecoveryPanel />
          <SendPanel />
        </div>
        <FeedPanel />
      </div>
    </>
  );
}
