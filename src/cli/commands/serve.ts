// `chatapi serve`: the server, with the settings of the environment.
import type { Command } from '../command.js';

export const serveCommand: Command = {
  summary: 'starts the server',
  options: {},
  notes: ['The first SIGTERM or SIGINT (Ctrl-C) stops it in order, a second one at once.'],

  async run() {
    // Loaded only here: the other commands need neither the server nor its store.
    const { bootstrap } = await import('../../bootstrap.js');
    try {
      await bootstrap();
    } catch (error) {
      process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
      // What was started before the failure would keep the process alive.
      process.exit(1);
    }
  },
};
