// How far a notification got with a client.
import type { VNode } from 'preact';
import type { ReceiptAnswer } from '../api/answers.js';
import { Badge, type Tone } from './badge.js';

const STATES: Readonly<Record<ReceiptAnswer['state'], { tone: Tone; text: string; title: string }>> = {
  pending: { tone: 'quiet', text: 'pending', title: 'Waits in its queue' },
  sent: { tone: 'accent', text: 'sent', title: 'Written to a connection, and not acknowledged yet' },
  delivered: { tone: 'good', text: 'delivered', title: 'Acknowledged by a pong: it has arrived' },
  acknowledged: { tone: 'good', text: 'acknowledged', title: "Acknowledged by the client's own ack frame" },
  dropped: { tone: 'bad', text: 'dropped', title: 'Fell out of its queue before it came for it' },
  not_a_member: { tone: 'quiet', text: 'not a member', title: 'Was not a member at this place of the order' },
};

export function ReceiptBadge({ state }: { state: ReceiptAnswer['state'] }): VNode {
  return <Badge {...STATES[state]} />;
}
