// What cannot be run here (images, Compose, Kubernetes) is held to what can be known of it: that it fits the server, and itself.
import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { cp, mkdir, mkdtemp, readdir, readFile, rm, symlink } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { parse, parseAllDocuments } from 'yaml';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { loadSettings } from '../../src/config/index.js';
import { eventually } from '../support/eventually.js';
import { freePort } from '../support/free-port.js';
import { PROJECT_ROOT } from '../support/server-process.js';

const run = promisify(execFile);
const SECRET = 'x'.repeat(48);

const read = (path: string): Promise<string> => readFile(join(PROJECT_ROOT, 'deploy', path), 'utf8');

/** As production reads it, whatever the secret is. */
function settingsOf(environment: Record<string, string>): ReturnType<typeof loadSettings> {
  return loadSettings({ ...environment, JWT_SECRET: SECRET }, { production: true });
}

describe('deploy/docker/Dockerfile', () => {
  let directory: string;
  let lines: string[];

  beforeAll(async () => {
    directory = await mkdtemp(join(tmpdir(), 'chatapi-image-'));
    lines = (await read('docker/Dockerfile')).replaceAll('\\\n', ' ').split('\n');
  });
  afterAll(() => rm(directory, { recursive: true, force: true }));

  const of = (instruction: string): string[] => lines.filter((line) => line.startsWith(`${instruction} `)).map((line) => line.slice(instruction.length + 1).trim());

  /** What is copied from the project, each to its place. */
  const copies = (): { from: string; to: string }[] =>
    of('COPY')
      .filter((line) => !line.startsWith('--from'))
      .flatMap((line) => {
        const words = line.split(' ');
        const to = words[words.length - 1];
        return words.slice(0, -1).map((from) => ({ from, to: to === './' ? from : to }));
      });

  it('copies enough to build the server, and starts it; its health check is what says so', async () => {
    for (const { from, to } of copies()) {
      await mkdir(dirname(join(directory, to)), { recursive: true });
      await cp(join(PROJECT_ROOT, from), join(directory, to), { recursive: true, filter: (path) => !path.endsWith('.spec.ts') });
    }
    await symlink(join(PROJECT_ROOT, 'node_modules'), join(directory, 'node_modules'));
    await run('npm', ['run', 'build'], { cwd: directory });
    const PORT = String(await freePort());
    const healthCheck = JSON.parse(/CMD (\[.*\])$/.exec(of('HEALTHCHECK')[0])?.[1] ?? '[]') as string[];
    const isHealthy = (): Promise<boolean> => run(healthCheck[0], healthCheck.slice(1), { env: { PATH: process.env.PATH, PORT } }).then(() => true, () => false);
    expect(await isHealthy()).toBe(false);
    const [program, ...args] = JSON.parse(of('CMD').at(-1) ?? '[]') as string[];
    const server = spawn(program, args, { cwd: directory, env: { PATH: process.env.PATH, NODE_ENV: 'production', DATA_DIR: join(directory, 'data'), PORT, JWT_SECRET: SECRET }, stdio: 'ignore' });
    await eventually('the server to be healthy', isHealthy, 30_000);
    server.kill(of('STOPSIGNAL')[0] as NodeJS.Signals);
    expect(await once(server, 'exit')).toEqual([0, null]);
  });

  it('lets everything through that it copies, and leaves the rest behind', async () => {
    const rules = (await read('docker/Dockerfile.dockerignore')).trim().split('\n');
    expect(rules[0]).toBe('*');
    expect(rules.filter((rule) => rule.startsWith('!')).map((rule) => rule.slice(1)).sort()).toEqual([...new Set(copies().map(({ from }) => from))].sort());
  });

  it('does not run as root', () => {
    expect(of('USER').at(-1)).toBe('node');
  });
});

interface ComposeService {
  environment: Record<string, string>;
  stop_grace_period: string;
  volumes?: string[];
  depends_on?: Record<string, unknown>;
}

/** What Compose makes of an environment when no variable is set: the defaults. What has to be set stays as it is. */
function withoutVariables(environment: Readonly<Record<string, string>>): Record<string, string> {
  return Object.fromEntries(Object.entries(environment).map(([name, value]) => [name, value.replace(/^\$\{\w+:-(.*)\}$/, '$1')]));
}

describe('deploy/compose/compose.yaml', () => {
  it('has servers with settings that they know, the names that nginx knows, and time enough to end', async () => {
    const { services } = parse(await read('compose/compose.yaml'), { merge: true }) as { services: Record<string, ComposeService> };
    const nginx = await read('nginx/nginx.conf');
    for (const name of ['node1', 'node2', 'node3']) {
      expect(nginx).toContain(`server ${name}:8000`);
      const { environment, stop_grace_period: grace } = services[name];
      const { shutdownDrainSeconds } = settingsOf(withoutVariables(environment));
      expect(Number.parseInt(grace, 10)).toBeGreaterThan(shutdownDrainSeconds);
    }
    expect(services.nginx.volumes).toEqual(['../nginx/nginx.conf:/etc/nginx/nginx.conf:ro']);
    expect(Object.keys(services.nginx.depends_on ?? {})).toEqual(['node1', 'node2', 'node3']);
  });

  it('asks for nothing that .env.example does not name', async () => {
    const wanted = [...(await read('compose/compose.yaml')).matchAll(/\$\{([A-Z_]+)/g)].map(([, name]) => name);
    const named = [...(await read('compose/.env.example')).matchAll(/^([A-Z_]+)=/gm)].map(([, name]) => name);
    expect(named.sort()).toEqual([...new Set(wanted)].sort());
  });
});

interface Manifest {
  kind: string;
  metadata: { name: string };
  data?: Record<string, string>;
  stringData?: Record<string, string>;
  spec: Record<string, unknown>;
}

interface Container {
  ports: { name: string; containerPort: number }[];
  envFrom: ({ configMapRef: { name: string } } | { secretRef: { name: string } })[];
  lifecycle: { preStop: { exec: { command: string[] } } };
  [probe: `${string}Probe`]: { httpGet: { path: string; port: string } };
}

describe('deploy/kubernetes', () => {
  let manifests: Map<string, Manifest>;

  beforeAll(async () => {
    const { resources } = parse(await read('kubernetes/kustomization.yaml')) as { resources: string[] };
    const files = (await readdir(join(PROJECT_ROOT, 'deploy/kubernetes'))).filter((name) => name !== 'kustomization.yaml');
    expect([...resources].sort()).toEqual(files.sort());
    const documents = (await Promise.all(resources.map((name) => read(`kubernetes/${name}`)))).flatMap((text) => parseAllDocuments(text));
    for (const { errors } of documents) expect(errors).toEqual([]);
    manifests = new Map(documents.map((document) => document.toJS() as Manifest).map((manifest) => [manifest.kind, manifest]));
  });

  const manifest = (kind: string): Manifest => manifests.get(kind) as Manifest;
  const pod = (): { terminationGracePeriodSeconds: number; containers: Container[] } => (manifest('Deployment').spec.template as { spec: ReturnType<typeof pod> }).spec;

  it('gives servers settings that they know, and time enough to end', () => {
    const { shutdownDrainSeconds, engine } = settingsOf({ ...manifest('ConfigMap').data, ...manifest('Secret').stringData });
    expect(engine).toBe('redis');
    const before = Number(/([\d_]+)\)"?$/.exec(pod().containers[0].lifecycle.preStop.exec.command.at(-1) ?? '')?.[1].replace('_', '')) / 1_000;
    expect(pod().terminationGracePeriodSeconds).toBeGreaterThan(before + shutdownDrainSeconds + 10);
  });

  it('has parts that name each other, and ports and routes that there are', () => {
    const [container] = pod().containers;
    expect(container.envFrom).toEqual([{ configMapRef: { name: manifest('ConfigMap').metadata.name } }, { secretRef: { name: manifest('Secret').metadata.name } }]);
    expect(container.ports).toEqual([{ name: 'http', containerPort: 8_000 }]);
    expect([container.livenessProbe, container.readinessProbe, container.startupProbe].map(({ httpGet }) => httpGet)).toEqual(
      ['/livez', '/readyz', '/readyz'].map((path) => ({ path, port: 'http' })),
    );
    expect(manifest('Service').spec.ports).toMatchObject([{ name: 'http', targetPort: 'http' }]);
    expect(manifest('HorizontalPodAutoscaler').spec.scaleTargetRef).toMatchObject({ kind: 'Deployment', name: manifest('Deployment').metadata.name });
    expect(JSON.stringify(manifest('Ingress').spec)).toContain(`"service":{"name":"${manifest('Service').metadata.name}","port":{"name":"http"}}`);
  });
});
