// Asks for an operator's token where one is needed.
import type { ComponentChildren, VNode } from 'preact';
import { useState } from 'preact/hooks';
import { Field } from './components/field.js';
import { linkTo } from './router.js';
import { operatorToken, readClaims, refusal, signIn } from './session.js';

export function OperatorGate({ children }: { children: ComponentChildren }): VNode {
  return operatorToken.value === '' ? <SignIn /> : <>{children}</>;
}

function SignIn(): VNode {
  const [token, setToken] = useState('');
  const [fault, setFault] = useState('');

  const submit = (event: Event): void => {
    event.preventDefault();
    const found = faultOf(token.trim());
    setFault(found);
    if (found === '') signIn(token);
  };

  return (
    <section class="panel sign-in" aria-labelledby="sign-in-title">
      <h1 id="sign-in-title" tabIndex={-1}>
        Operate this server
      </h1>
      <p>
        With a token of scope <code>admin</code> you see the server's numbers, and look after connections, rooms and bans of its tenant.
      </p>
      <form onSubmit={submit}>
        <Field label="Admin token" secret value={token} onValue={setToken} required placeholder="eyJhbGciOi…" />
        <p class="form-error" role="alert">
          {fault === '' ? refusal.value : fault}
        </p>
        <button type="submit" class="primary">
          Continue
        </button>
      </form>
      <p class="hint">
        The token stays in this tab until you sign out or close it. Make one with <code>npm run chatapi -- token --sub you --scope admin</code>.
      </p>
      <p class="hint">
        To try out a client's token, go to the <a href={linkTo('playground')}>playground</a>.
      </p>
    </section>
  );
}

/** What can be said of a token before the server sees it; empty when it may do. */
function faultOf(token: string): string {
  const claims = readClaims(token);
  if (claims === undefined) return 'This is not a token: it should have three parts with dots between.';
  if (!claims.scopes.includes('admin')) return `This token of ${claims.clientId} does not have the scope admin.`;
  if (claims.expiresAt !== undefined && claims.expiresAt < Date.now()) return 'This token has expired.';
  return '';
}
