// The tokens that somebody gave the page, and what they say of themselves.
import { computed, effect, type Signal, signal } from '@preact/signals';

/**
 * Where tokens are kept: in the tab. They survive a reload, which a page that is open for days needs, end with the tab, and
 * no other tab and no server ever sees them: sessionStorage is not sent anywhere, as a cookie or an address would be.
 */
const STORAGE = sessionStorage;

/** What a token says of itself. Nothing here checks it: the server does. */
export interface Claims {
  clientId: string;
  tenant: string;
  scopes: readonly string[];
  /** Milliseconds since the epoch; undefined when it does not say. */
  expiresAt: number | undefined;
}

/** The operator's token; empty when there is none. */
export const operatorToken = kept('chatapi.operator');

/** The token that the playground connects with; empty when there is none. */
export const playgroundToken = kept('chatapi.playground');

/** Why the operator's token is not accepted; empty while it is, or has not been tried. */
export const refusal = signal('');

/** Who the operator is, as the token has it. */
export const operator = computed(() => readClaims(operatorToken.value));

/** Begins with another token. */
export function signIn(token: string): void {
  refusal.value = '';
  operatorToken.value = token.trim();
}

/** Forgets the operator's token. @param why what the person is told; nothing when it was their own wish */
export function signOut(why = ''): void {
  operatorToken.value = '';
  refusal.value = why;
}

/**
 * Takes the tokens that a link brought behind the #, where no server sees them: `token=` is for the playground, `admin=` for operating. They leave the address at
 * once, before anybody copies it. Returns whether there was one for the playground.
 */
export function takeTokensFromAddress(): boolean {
  const given = new URLSearchParams(location.hash.slice(1));
  const token = given.get('token');
  const admin = given.get('admin');
  if (token === null && admin === null) return false;
  if (token !== null) playgroundToken.value = token;
  if (admin !== null) signIn(admin);
  history.replaceState(null, '', `${location.pathname}${location.search}#/${token === null ? '' : 'playground'}`);
  return token !== null;
}

/** The claims of a JWT (RFC 7519); undefined for what is none. */
export function readClaims(token: string): Claims | undefined {
  try {
    const [, payload = ''] = token.split('.');
    const bytes = Uint8Array.from(atob(payload.replaceAll('-', '+').replaceAll('_', '/')), (character) => character.charCodeAt(0));
    const claims = JSON.parse(new TextDecoder().decode(bytes)) as Record<string, unknown>;
    if (typeof claims.sub !== 'string') return undefined;
    return {
      clientId: claims.sub,
      tenant: typeof claims.tenant === 'string' ? claims.tenant : 'default',
      scopes: typeof claims.scope === 'string' ? claims.scope.split(' ').filter((word) => word !== '') : [],
      expiresAt: typeof claims.exp === 'number' ? claims.exp * 1000 : undefined,
    };
  } catch {
    return undefined;
  }
}

function kept(name: string): Signal<string> {
  const value = signal(STORAGE.getItem(name) ?? '');
  effect(() => (value.value === '' ? STORAGE.removeItem(name) : STORAGE.setItem(name, value.value)));
  return value;
}
