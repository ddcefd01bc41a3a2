// `chatapi config`: the settings in effect.
import type { Command } from '../command.js';

export const configCommand: Command = {
  summary: 'prints the settings in effect, secrets masked',
  options: { json: { description: 'as one JSON object' } },

  async run(values) {
    // Loaded only here: what `--help` and a mistyped option do not need, they do not wait for.
    const { describeSettings, readSettings } = await import('../../config/index.js');
    const settings = describeSettings(readSettings());
    const lines = Object.entries(settings).map(([name, value]) => `${name}=${value ?? ''}`);
    process.stdout.write(`${values.flag('json') ? JSON.stringify(settings) : lines.join('\n')}\n`);
  },
};
