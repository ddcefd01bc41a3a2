// Sending: a message, a status, or any frame at all.
import { useSignal } from '@preact/signals';
import type { VNode } from 'preact';
import { useId } from 'preact/hooks';
import { Field } from '../components/field.js';
import { lineState, sendMessage, sendText, setPresence } from './playground.js';

const EXAMPLE = '{"type":"ping"}';

export function SendPanel(): VNode {
  const room = useSignal('lobby');
  const content = useSignal('');
  const online = lineState.value.state === 'online';

  const submit = (event: Event): void => {
    event.preventDefault();
    if (sendMessage(room.value.trim(), content.value)) content.value = '';
  };

  return (
    <section class="panel" aria-labelledby="send-title">
      <h2 id="send-title">Send a message</h2>
      <form onSubmit={submit}>
        <Field label="Room" value={room.value} onValue={(text) => (room.value = text)} required maxLength={128} />
        <Field label="Content" value={content.value} onValue={(text) => (content.value = text)} required placeholder="Hello" />
        <div class="buttons">
          <button type="submit" class="primary" disabled={!online}>
            Send
          </button>
          <button type="button" disabled={!online} onClick={() => setPresence('away')}>
            Say away
          </button>
          <button type="button" disabled={!online} onClick={() => setPresence('online')}>
            Say online
          </button>
        </div>
      </form>
      <details class="raw">
        <summary>Send any frame</summary>
        <RawFrame online={online} />
      </details>
    </section>
  );
}

function RawFrame({ online }: { online: boolean }): VNode {
  const text = useSignal(EXAMPLE);
  const id = useId();
  return (
    <form
      onSubmit={(event) => {
        event.preventDefault();
        sendText(text.value);
      }}
    >
      <div class="field">
        <label for={id}>Frame</label>
        <textarea id={id} class="mono" rows={3} spellcheck={false} value={text.value} onInput={({ currentTarget }) => (text.value = currentTarget.value)} />
      </div>
      <button type="submit" disabled={!online}>
        Send as it is
      </button>
    </form>
  );
}
