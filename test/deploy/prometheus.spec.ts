// deploy/prometheus and deploy/grafana.json: every expression can be read, and names nothing that /metrics does not have.
import { execFile } from 'node:child_process';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { Metrics } from '../support/metrics.js';
import { RecordingClient } from '../support/recording-client.js';
import { RedisProcess } from '../support/redis-process.js';
import { PROJECT_ROOT, ServerProcess } from '../support/server-process.js';

const run = promisify(execFile);
const DEPLOY = join(PROJECT_ROOT, 'deploy');
const RULES = join(DEPLOY, 'prometheus', 'alerts.yml');

interface Rules {
  groups: { rules: { alert: string; expr: string }[] }[];
}

interface Panel {
  id: number;
  type: string;
  title: string;
  datasource?: { uid: string };
  gridPos: { x: number; y: number; w: number; h: number };
  targets?: { refId: string; expr: string; datasource: { uid: string } }[];
}

interface Dashboard {
  uid: string;
  title: string;
  schemaVersion: number;
  panels: Panel[];
  templating: { list: { name: string }[] };
  annotations: { list: { expr: string }[] };
}

/** What stands in an expression that may be the name of a metric. */
const namesIn = (expression: string): string[] => expression.match(/\b(?:chatapi|nodejs|process)_[a-z0-9_]+/g) ?? [];

/** As Prometheus would get it from Grafana. */
const filledIn = (expression: string): string => expression.replaceAll('$__rate_interval', '1m').replaceAll('$instance', '.*');

const redis = new RedisProcess();
let server: ServerProcess | undefined;
/** Every sample that a server over Redis tells once it was used. */
const told = new Set<string>();
let rules: Rules['groups'][number]['rules'];
let dashboard: Dashboard;

beforeAll(async () => {
  await redis.start();
  server = await new ServerProcess({ ENGINE: 'redis', REDIS_URL: redis.url }).start();
  const client = await new RecordingClient(server, 'somebody').connect();
  await client.closeCleanly();
  for (const { name } of (await Metrics.of(server)).samples) told.add(name);
  // Those with labels have their first sample when their thing happens.
  for (const [, name] of (await Metrics.of(server)).text.matchAll(/^# TYPE (\S+) (?:counter|gauge)$/gm)) told.add(name);
  rules = (parse(await readFile(RULES, 'utf8')) as Rules).groups.flatMap((group) => group.rules);
  dashboard = JSON.parse(await readFile(join(DEPLOY, 'grafana.json'), 'utf8')) as Dashboard;
});
afterAll(async () => {
  await server?.destroy();
  await redis.destroy();
});

const missing = (expressions: readonly string[]): string[] => expressions.flatMap(namesIn).filter((name) => !told.has(name));

describe('deploy/prometheus/alerts.yml', () => {
  it('is what Prometheus takes', async () => {
    await run('promtool', ['check', 'rules', RULES]);
  });

  it('tells of what goes wrong, and is quiet where nothing does', async () => {
    await run('promtool', ['test', 'rules', join(DEPLOY, 'prometheus', 'alerts.test.yml')]);
  });

  it('has made-up numbers for every alert', async () => {
    const tests = await readFile(join(DEPLOY, 'prometheus', 'alerts.test.yml'), 'utf8');
    expect(rules.map(({ alert }) => alert).filter((alert) => !tests.includes(`{alertname="${alert}"}', value: 1 }`))).toEqual([]);
  });

  it('names only metrics that there are', () => {
    expect(rules.length).toBeGreaterThan(10);
    expect(missing(rules.map(({ expr }) => expr))).toEqual([]);
  });
});

describe('deploy/grafana.json', () => {
  const expressions = (): string[] => [
    ...dashboard.panels.flatMap(({ targets = [] }) => targets.map(({ expr }) => expr)),
    ...dashboard.annotations.list.map(({ expr }) => expr),
  ];

  it('can be imported: panels with ids of their own that do not cover each other, all from the data source that is chosen', () => {
    expect(dashboard).toMatchObject({ uid: 'chatapi-delivery', title: 'ChatAPI Delivery' });
    expect(dashboard.templating.list.map(({ name }) => name)).toEqual(['datasource', 'instance']);
    expect(new Set(dashboard.panels.map(({ id }) => id)).size).toBe(dashboard.panels.length);
    const cells = dashboard.panels.flatMap(({ gridPos: { x, y, w, h } }) => Array.from({ length: w * h }, (_, i) => `${x + (i % w)},${y + Math.floor(i / w)}`));
    expect(new Set(cells).size).toBe(cells.length);
    expect(dashboard.panels.every(({ gridPos: { x, w } }) => x + w <= 24)).toBe(true);
    for (const { type, datasource, targets = [] } of dashboard.panels) {
      if (type === 'row') continue;
      expect([datasource, ...targets.map((target) => target.datasource)].every((source) => source?.uid === '${datasource}')).toBe(true);
      expect(targets.length).toBeGreaterThan(0);
    }
  });

  it('has expressions that Prometheus can read', async () => {
    const directory = await mkdtemp(join(tmpdir(), 'chatapi-dashboard-'));
    try {
      const recorded = expressions().map((expr, index) => ({ record: `dashboard:${index}`, expr: filledIn(expr) }));
      const file = join(directory, 'expressions.yml');
      await writeFile(file, JSON.stringify({ groups: [{ name: 'dashboard', rules: recorded }] }));
      await run('promtool', ['check', 'rules', file]);
    } finally {
      await rm(directory, { recursive: true });
    }
  });

  it('names only metrics that there are, and all that stand for a symptom', () => {
    expect(missing(expressions())).toEqual([]);
    const shown = new Set(expressions().flatMap(namesIn).map((name) => name.replace(/_(bucket|count|sum)$/, '')));
    const alarming = rules.flatMap(({ expr }) => namesIn(expr)).map((name) => name.replace(/_(bucket|count|sum)$/, ''));
    expect(alarming.filter((name) => !shown.has(name))).toEqual([]);
  });
});
