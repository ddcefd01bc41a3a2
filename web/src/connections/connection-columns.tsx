// How a connection is shown.
import type { ConnectionAnswer } from '../api/answers.js';
import { Badge } from '../components/badge.js';
import { ClientLink } from '../components/client-link.js';
import type { Column } from '../components/data-table.js';
import { Moment } from '../components/moment.js';
import { bytes, NONE } from '../format.js';

/** From here on a connection counts as one that does not keep up. */
const SLOW_BYTES = 65_536;

export const CONNECTION_COLUMNS: readonly Column<ConnectionAnswer>[] = [
  { title: 'Client', cell: ({ client_id: id }) => <ClientLink id={id} /> },
  { title: 'Device', cell: ({ device }) => (device === '' ? NONE : device) },
  { title: 'Address', cell: ({ address }) => address },
  {
    title: 'Acknowledges by',
    cell: ({ acknowledgement }) =>
      acknowledgement === 'client' ? (
        <Badge tone="accent" text="ack frames" title="Connected with ack=client: only its ack frames acknowledge" />
      ) : (
        <Badge tone="quiet" text="pongs" title="The pongs that every WebSocket client sends acknowledge" />
      ),
  },
  { title: 'Since', cell: ({ connected_at: at }) => <Moment at={at} /> },
  { title: 'Token until', cell: ({ token_expires_at: at }) => <Moment at={at} /> },
  {
    title: 'Unread',
    numeric: true,
    cell: ({ buffered_bytes: unread }) =>
      unread < SLOW_BYTES ? bytes(unread) : <Badge tone="warn" text={bytes(unread)} title="It does not read as fast as it is written to" />,
  },
];
