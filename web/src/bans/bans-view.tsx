// Who is kept out, why and until when; banning and lifting.
import type { VNode } from 'preact';
import type { BanAnswer } from '../api/answers.js';
import { Badge } from '../components/badge.js';
import { ClientLink } from '../components/client-link.js';
import type { Column } from '../components/data-table.js';
import { ListView } from '../components/list-view.js';
import { Moment } from '../components/moment.js';
import { ViewHead } from '../components/view-head.js';
import { NONE } from '../format.js';
import { BanButton } from './ban-button.js';
import { LiftBanButton } from './lift-ban-button.js';

const COLUMNS: readonly Column<BanAnswer>[] = [
  { title: 'Client', cell: ({ client_id: id }) => <ClientLink id={id} /> },
  { title: 'Reason', cell: ({ reason }) => (reason === '' ? NONE : reason) },
  { title: 'By', cell: ({ banned_by: by }) => (by === null ? <Badge tone="quiet" text="the rate limit" title="Banned by itself: BAN_THRESHOLD messages too many within one window" /> : by) },
  { title: 'Since', cell: ({ banned_at: at }) => <Moment at={at} /> },
  { title: 'Until', cell: ({ banned_until: at }) => <Moment at={at} /> },
];

export function BansView(): VNode {
  return (
    <>
      <ViewHead title="Bans" text="Clients that are kept out of WebSockets and HTTP alike, until their ban ends or is lifted." />
      <ListView<BanAnswer>
        what="bans"
        route="bans"
        columns={COLUMNS}
        keyOf={({ client_id: id }) => id}
        wordsOf={({ client_id: client, reason, banned_by: by }) => [client, reason, by ?? '']}
        queryFor={(search) => ({ prefix: search })}
        searchLabel="Search client, reason or administrator"
        whenEmpty="Everybody is welcome."
        actions={({ client_id: client }, reload) => <LiftBanButton clientId={client} onDone={reload} />}
      >
        {(reload) => <BanButton className="primary" onDone={reload} />}
      </ListView>
    </>
  );
}
