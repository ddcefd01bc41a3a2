// What the pages name is there: metrics everywhere; of the operations page settings too, and an entry for each alert.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'yaml';
import { describe, expect, it } from 'vitest';
import { environmentName } from '../../src/config/setting-name.js';
import { SETTING_PROPERTIES } from '../../src/config/settings.js';
import { METRICS } from '../../src/metrics/metric-definitions.js';
import { ERROR_CODES } from '../../src/protocol/error-code.js';
import { PROJECT_ROOT } from '../support/server-process.js';
import { anchors, codeBlocks, pages, readPage } from './markdown.js';

const RUNBOOK = 'docs/operations.md';
const GUIDES = [RUNBOOK, 'docs/troubleshooting.md', 'docs/getting-started.md', 'docs/publishing.md'];

it.each(pages())('%s names only metrics that there are', (page) => {
  const known = Object.keys(METRICS).flatMap((name) => [name, `${name}_count`, `${name}_sum`, `${name}_bucket`]);
  const named = readPage(page).match(/\bchatapi_[a-z_]+_(?:total|seconds|bytes|connections|notifications|waiting|healthy|count)\b/g) ?? [];
  expect(named.filter((name) => !known.includes(name))).toEqual([]);
});

it.each(GUIDES)('%s names only settings and codes that there are', (page) => {
  const commands = codeBlocks(page).filter(({ language }) => language === 'sh').map(({ text }) => text);
  const own = [...commands.join('\n').matchAll(/\b([A-Z_]+)=/g)].map(([, name]) => name);
  const known = [...SETTING_PROPERTIES.map(environmentName), ...Object.keys(ERROR_CODES), ...own];
  const named = [...readPage(page).matchAll(/`([A-Z]+(?:_[A-Z]+)+)(?:=[^`]*)?`/g)].map(([, name]) => name);
  expect(named.filter((name) => !known.includes(name))).toEqual([]);
});

describe('each alert', () => {
  const rules = readFileSync(join(PROJECT_ROOT, 'deploy/prometheus/alerts.yml'), 'utf8');
  const { groups } = parse(rules) as { groups: { rules: { alert: string; annotations: { runbook?: string } }[] }[] };
  const alerts = groups.flatMap((group) => group.rules);

  it.each(alerts.map((rule) => [rule.alert, rule] as const))('%s has an entry on the operations page, and leads to it', (alert, { annotations }) => {
    expect(annotations.runbook).toBe(`${RUNBOOK}#${alert.toLowerCase()}`);
    expect(anchors(RUNBOOK)).toContain(alert.toLowerCase());
  });

  it('is one that there is', () => {
    const entries = [...readPage(RUNBOOK).matchAll(/^### (Chatapi\w+)$/gm)].map(([, name]) => name);
    expect(entries).toEqual(alerts.map(({ alert }) => alert));
  });
});
