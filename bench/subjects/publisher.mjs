// One connection over which everything is published to a peer that is a broker.
import { once } from 'node:events';
import { connect } from 'node:net';

/**
 * @param barrier bytes that the broker answers once it has taken everything before them
 * @param countAnswers takes received bytes, which may hold a part of an answer, and returns how many answers to barriers ended in them;
 * it throws when the broker complains
 */
export async function openPublisher(port, { hello, barrier, countAnswers }) {
  const socket = connect({ port, host: '127.0.0.1', noDelay: true });
  await once(socket, 'connect');
  const waiting = [];
  const fail = (error) => {
    for (const { reject } of waiting.splice(0)) reject(error);
  };
  socket.on('error', fail);
  socket.on('close', () => fail(new Error('the connection of the publisher ended')));
  socket.on('data', (bytes) => {
    try {
      for (let answers = countAnswers(bytes); answers > 0; answers--) waiting.shift()?.resolve();
    } catch (error) {
      fail(error);
    }
  });
  /** Resolves when the broker has taken it. */
  const send = (bytes) =>
    new Promise((resolve, reject) => {
      waiting.push({ resolve, reject });
      socket.write(Buffer.concat([bytes, barrier]));
    });
  await send(hello);
  return { send, close: () => socket.destroy() };
}
