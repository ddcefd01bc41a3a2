// What of the settings may be shown.
import { expect, it } from 'vitest';
import { loadSettings } from './load-settings.js';
import { describeSettings } from './describe-settings.js';

const SECRET = 'a secret of at least thirty-two bytes';

it('shows every setting under its name, and no secret', () => {
  const settings = loadSettings({ JWT_SECRET: SECRET, PORT: '9000' }, { production: true, developmentSecret: () => SECRET });
  const shown = describeSettings(settings);
  expect(shown).toMatchObject({ PORT: 9000, HOST: '0.0.0.0', JWT_SECRET: '********', JWT_ISSUER: null });
  expect(JSON.stringify(shown)).not.toContain(SECRET);
});
