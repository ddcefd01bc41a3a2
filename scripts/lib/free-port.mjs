// Whether a port can be listened at.
import { createServer } from 'node:net';

/**
 * Listens for a moment.
 *
 * @throws Error naming the cure, when another program has the port or this user may not use it
 */
export function requireFreePort(port, host) {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.once('error', (error) => reject(new Error(explanation(error, port), { cause: error })));
    server.listen(port, host, () => server.close(resolve));
  });
}

function explanation({ code, message }, port) {
  const cure = `PORT=${port < 65_535 ? port + 1 : 8000} npm run quickstart`;
  if (code === 'EADDRINUSE') return `Port ${port} is taken by another program. Stop that one, or choose another port: ${cure}`;
  if (code === 'EACCES') return `Port ${port} is not for this user. Choose one above 1023: ${cure}`;
  return `Port ${port} cannot be used: ${message}`;
}
