// A room: its messages, and a field to write another.
import { type FormEvent, type ReactNode, useState } from 'react';
import { useConnectionState, useDropped, useMessages } from './chat.js';

export function Room({ room }: { room: string }): ReactNode {
  const [messages, send] = useMessages(room);
  const [failure, setFailure] = useState('');
  const state = useConnectionState();
  const dropped = useDropped();

  const submit = (event: FormEvent<HTMLFormElement>): void => {
    event.preventDefault();
    const form = event.currentTarget;
    const content = String(new FormData(form).get('content'));
    form.reset();
    // It waits while there is no connection, and is sent once.
    send(content).catch((error: Error) => setFailure(error.message));
  };

  return (
    <section aria-label={room}>
      <p role="status">{state}</p>
      {dropped > 0 && <p>{dropped} older notifications are not here.</p>}
      <ol>
        {messages.map(({ id, client_id: author, content }) => (
          <li key={id}>
            {author}: {content}
          </li>
        ))}
      </ol>
      <form onSubmit={submit}>
        <input name="content" aria-label="Message" required />
        <button>Send</button>
      </form>
      {failure !== '' && <p role="alert">{failure}</p>}
    </section>
  );
}
