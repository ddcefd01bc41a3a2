// The console's page: its form fields and buttons, wired to one connection and one list of frames.
import { Connection } from './connection.js';
import { Feed } from './feed.js';

const element = (id) => document.getElementById(id);

const feed = new Feed(element('feed'), (frames, duplicates) => {
  element('frames').textContent = frames;
  element('duplicates').textContent = duplicates;
  element('empty').hidden = frames > 0;
});

const connection = new Connection(new URL('ws', location.href), {
  stateChanged(state, text) {
    const connected = state === 'online';
    element('state').dataset.state = state;
    element('state').textContent = text;
    element('connections').textContent = connection.made;
    element('connect').disabled = state !== 'offline';
    element('disconnect').disabled = state === 'offline';
    element('cut').disabled = !connected;
    element('send').disabled = !connected;
  },
  frameArrived(text) {
    const frame = feed.add(text);
    if (frame?.type === 'connected') element('client').textContent = frame.data.client_id;
  },
});

element('connection').addEventListener('submit', (event) => {
  event.preventDefault();
  connection.open(element('token').value.trim());
});
element('disconnect').addEventListener('click', () => connection.close());
element('cut').addEventListener('click', () => connection.cut());
element('clear').addEventListener('click', () => feed.clear());

let sent = 0;
element('message').addEventListener('submit', (event) => {
  event.preventDefault();
  const data = { room_id: element('room').value.trim(), content: element('content').value };
  if (connection.send({ type: 'message', ref: String(++sent), data })) element('content').value = '';
});

// The token comes behind the #, which no server sees, and leaves the address before anybody copies it.
const given = new URLSearchParams(location.hash.slice(1)).get('token');
if (given) {
  element('token').value = given;
  history.replaceState(null, '', location.pathname + location.search);
  connection.open(given);
}
