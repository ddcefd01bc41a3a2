// Whether a client is there.
import type { VNode } from 'preact';
import type { PresenceAnswer } from '../api/answers.js';
import { Badge, type Tone } from './badge.js';

const TONES: Readonly<Record<PresenceAnswer['status'], Tone>> = { online: 'good', away: 'warn', offline: 'quiet' };

export function PresenceBadge({ status }: { status: PresenceAnswer['status'] }): VNode {
  return <Badge tone={TONES[status]} text={status} />;
}
