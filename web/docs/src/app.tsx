// The page about the API: routes, webhooks and frames in groups, found by any word.
import type { VNode } from 'preact';
import { useEffect, useMemo, useRef, useState } from 'preact/hooks';
import { Icon } from '../../src/components/icon.js';
import { EmptyNote, ErrorNote, LoadingRows } from '../../src/components/notes.js';
import { ThemeSwitch } from '../../src/components/theme-switch.js';
import { Codes, Connecting } from './code-tables.js';
import { type Documents, loadDocuments } from './documents.js';
import { type Entry, type Group, groupsOf, matching } from './entries.js';
import { FrameView } from './frame-view.js';
import { Prose } from './prose.js';
import { RouteView } from './route-view.js';
import { WebhookView } from './webhook-view.js';

export function App(): VNode {
  const [documents, setDocuments] = useState<Documents>();
  const [error, setError] = useState<unknown>();
  const [wanted, setWanted] = useState('');
  const groups = useMemo(() => (documents === undefined ? [] : groupsOf(documents)), [documents]);
  const found = useMemo(() => matching(groups, wanted), [groups, wanted]);
  const main = useRef<HTMLElement>(null);

  useEffect(() => {
    loadDocuments().then(setDocuments, setError);
  }, []);
  // The browser looked for the address's anchor before anything was there.
  useEffect(() => {
    if (documents !== undefined) document.getElementById(decodeURIComponent(location.hash.slice(1)))?.scrollIntoView();
  }, [documents]);

  return (
    <div class="shell docs">
      <a class="skip-link" href="#main" onClick={(event) => (event.preventDefault(), main.current?.focus())}>
        Skip to the content
      </a>
      <header class="top">
        <div class="top-inner">
          <a class="brand" href="#main">
            <span class="brand-mark" aria-hidden="true" />
            <span>
              ChatAPI <span class="brand-light">API</span>
            </span>
          </a>
          <Contents groups={found} withCodes={documents !== undefined && wanted === ''} />
          <div class="top-end">
            <ThemeSwitch />
          </div>
        </div>
      </header>
      <main id="main" ref={main} tabIndex={-1}>
        <div class="view-head">
          <div>
            <h1>API{documents === undefined ? '' : ` ${documents.openApi.info.version}`}</h1>
            <p>
              Every route, webhook and frame of this server, also as <a href="./docs/openapi.json">openapi.json</a> (OpenAPI 3.1) and <a href="./docs/asyncapi.json">asyncapi.json</a> (AsyncAPI 3.0).
              A field with a question mark may be left out.
            </p>
          </div>
        </div>
        {error !== undefined && <ErrorNote error={error} />}
        {documents === undefined && error === undefined && <LoadingRows what="the documents" />}
        {documents !== undefined && (
          <>
            <Search wanted={wanted} onWanted={setWanted} count={found.reduce((sum, { entries }) => sum + entries.length, 0)} />
            {found.map((group) => (
              <GroupView key={group.id} group={group} documents={documents} />
            ))}
            {found.length === 0 && <EmptyNote title="Nothing found">Search for a path, a type of frame, a field or a code.</EmptyNote>}
            {wanted === '' && <Connecting {...documents} />}
            {wanted === '' && <Codes {...documents} />}
          </>
        )}
      </main>
    </div>
  );
}

function Search({ wanted, onWanted, count }: { wanted: string; onWanted: (wanted: string) => void; count: number }): VNode {
  return (
    <div class="toolbar docs-search">
      <div class="search">
        <label for="search" class="visually-hidden">
          Search routes, webhooks and frames
        </label>
        <Icon name="search" />
        <input id="search" type="search" placeholder="Search routes, webhooks and frames" autocomplete="off" spellcheck={false} value={wanted} onInput={({ currentTarget }) => onWanted(currentTarget.value)} />
      </div>
      <p class="count" role="status">
        {count} {wanted === '' ? 'routes, webhooks and frames' : 'found'}
      </p>
    </div>
  );
}

function Contents({ groups, withCodes }: { groups: readonly Group[]; withCodes: boolean }): VNode {
  return (
    <nav aria-label="Contents">
      <ul>
        {groups.map(({ id, title, entries }) => (
          <li key={id}>
            <a href={`#${id}`}>{title}</a>
            <ul class="contents-entries">
              {entries.map((entry) => (
                <li key={entry.id}>
                  <a href={`#${entry.id}`}>{entry.label}</a>
                </li>
              ))}
            </ul>
          </li>
        ))}
        {withCodes && (
          <>
            <li>
              <a href="#connecting">/ws: connecting</a>
            </li>
            <li>
              <a href="#codes">Codes</a>
            </li>
          </>
        )}
      </ul>
    </nav>
  );
}

function GroupView({ group: { id, title, description, entries }, documents }: { group: Group; documents: Documents }): VNode {
  return (
    <section class="group" aria-labelledby={id}>
      <h2 id={id}>{title}</h2>
      {description !== '' && <Prose text={description} />}
      {entries.map((entry) => (
        <EntryView key={entry.id} entry={entry} documents={documents} />
      ))}
    </section>
  );
}

function EntryView({ entry, documents }: { entry: Entry; documents: Documents }): VNode {
  if (entry.kind === 'frame') return <FrameView id={entry.id} message={entry.message} documents={documents} />;
  if (entry.kind === 'webhook') return <WebhookView name={entry.label} webhook={entry.webhook} documents={documents} />;
  const { id, method, path, operation } = entry;
  return <RouteView id={id} method={method} path={path} operation={operation} documents={documents} />;
}
