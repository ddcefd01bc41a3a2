// The page: one connection, one room at a time. Where the server is, and the token, come from your backend.
import { StrictMode, useState } from 'react';
import { createRoot } from 'react-dom/client';
import { ChatProvider } from './chat.js';
import { Room } from './room.js';

const { url } = (await (await fetch('/chat-settings')).json()) as { url: string };

const options = {
  url,
  /** Asked before each connection, and before the token of a live one ends. */
  token: async () => (await fetch('/chat-token', { method: 'POST' })).text(),
};

function App() {
  const [room, setRoom] = useState('lobby');
  return (
    <ChatProvider options={options}>
      {['lobby', 'kitchen'].map((name) => (
        <button key={name} onClick={() => setRoom(name)} aria-pressed={name === room}>
          {name}
        </button>
      ))}
      <Room key={room} room={room} />
    </ChatProvider>
  );
}

createRoot(document.getElementById('root')!).render(
  <StrictMode>
    <App />
  </StrictMode>,
);
