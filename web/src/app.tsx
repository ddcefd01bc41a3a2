// The frame around every view: where one can go, who one is, light or dark.
import { useEffect, useRef } from 'preact/hooks';
import type { VNode } from 'preact';
import { BansView } from './bans/bans-view.js';
import { ClientView } from './clients/client-view.js';
import { Announcements } from './components/announcements.js';
import { Icon, type IconName } from './components/icon.js';
import { ThemeSwitch } from './components/theme-switch.js';
import { ConnectionsView } from './connections/connections-view.js';
import { OperatorGate } from './operator-gate.js';
import { OverviewView } from './overview/overview-view.js';
import { PlaygroundView } from './playground/playground-view.js';
import { RoomView } from './rooms/room-view.js';
import { RoomsView } from './rooms/rooms-view.js';
import { linkTo, type Route, route } from './router.js';
import { operator, signOut } from './session.js';

interface View {
  name: string;
  title: string;
  icon: IconName;
  show: (id: string | undefined) => VNode;
}

/** In the order of the navigation. */
const VIEWS: readonly View[] = [
  { name: '', title: 'Overview', icon: 'overview', show: () => forOperators(<OverviewView />) },
  { name: 'connections', title: 'Connections', icon: 'connections', show: () => forOperators(<ConnectionsView />) },
  { name: 'rooms', title: 'Rooms', icon: 'rooms', show: (id) => forOperators(id === undefined ? <RoomsView /> : <RoomView key={id} roomId={id} />) },
  { name: 'clients', title: 'Clients', icon: 'clients', show: (id) => forOperators(<ClientView key={id ?? ''} clientId={id} />) },
  { name: 'bans', title: 'Bans', icon: 'bans', show: () => forOperators(<BansView />) },
  { name: 'playground', title: 'Playground', icon: 'playground', show: () => <PlaygroundView /> },
];

export function App(): VNode {
  const here = route.value;
  const view = VIEWS.find(({ name }) => name === here.view) ?? VIEWS[0];
  const main = useFocusAtNavigation(here);

  useEffect(() => {
    document.title = `${here.id ?? view?.title ?? ''} · ChatAPI Delivery console`;
  }, [here.id, view]);

  return (
    <div class="shell">
      <a class="skip-link" href="#main" onClick={(event) => (event.preventDefault(), main.current?.focus())}>
        Skip to the content
      </a>
      <header class="top">
        <div class="top-inner">
          <a class="brand" href={linkTo('')}>
            <span class="brand-mark" aria-hidden="true" />
            <span>
              ChatAPI <span class="brand-light">Delivery</span>
            </span>
          </a>
          <nav aria-label="Console">
            <ul>
              {VIEWS.map(({ name, title, icon }) => (
                <li key={name}>
                  <a href={linkTo(name)} {...(name === view?.name && { 'aria-current': 'page' as const })}>
                    <Icon name={icon} />
                    {title}
                  </a>
                </li>
              ))}
            </ul>
          </nav>
          <div class="top-end">
            <Who />
            <ThemeSwitch />
          </div>
        </div>
      </header>
      <main id="main" ref={main} tabIndex={-1}>
        {view?.show(here.id)}
      </main>
      <Announcements />
    </div>
  );
}

function forOperators(view: VNode): VNode {
  return <OperatorGate>{view}</OperatorGate>;
}

/** Who operates. */
function Who(): VNode | null {
  const who = operator.value;
  if (who === undefined) return null;
  return (
    <div class="who">
      <p>
        <span class="who-id">{who.clientId}</span>
        <span class="who-tenant">tenant {who.tenant}</span>
      </p>
      <button type="button" class="quiet" onClick={() => signOut()}>
        Sign out
      </button>
    </div>
  );
}

/** Who goes to another view by keyboard or screen reader goes on at its head, not where the link stood. */
function useFocusAtNavigation({ view, id }: Route): { current: HTMLElement | null } {
  const main = useRef<HTMLElement>(null);
  const isFirst = useRef(true);
  useEffect(() => {
    if (!isFirst.current) main.current?.querySelector<HTMLElement>('h1')?.focus();
    isFirst.current = false;
    // On a phone the navigation is wider than the window.
    document.querySelector('nav [aria-current]')?.scrollIntoView({ block: 'nearest', inline: 'center' });
  }, [view, id]);
  return main;
}
