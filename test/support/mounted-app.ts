// An application of somebody else's, in this process, that mounts the module.
import { mkdtemp, rm } from 'node:fs/promises';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { ModuleMetadata } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { createHttpAdapter, DeliveryWsAdapter, type Settings } from '../../src/index.js';
import { Api } from './api.js';
import { RecordingClient } from './recording-client.js';
import { adminToken, JWT_SECRET } from './tokens.js';

/** Settings that make tests quick, over a directory of its own. */
export async function mountedSettings(): Promise<Pick<Settings, 'dataDir' | 'jwtSecret' | 'durability' | 'audit' | 'ackIntervalMs' | 'ackSettleMs'>> {
  const dataDir = await mkdtemp(join(tmpdir(), 'chatapi-mounted-'));
  return { dataDir, jwtSecret: JWT_SECRET, durability: 'os', audit: 'off', ackIntervalMs: 50, ackSettleMs: 100 };
}

/** What is done to an application before it listens. */
type Configure = (app: NestFastifyApplication) => void;

const usual: Configure = (app) => {
  app.useWebSocketAdapter(new DeliveryWsAdapter(app));
};

/** One application. */
export class MountedApp {
  private constructor(
    readonly app: NestFastifyApplication,
    private readonly dataDir: string | undefined,
  ) {}

  /** Resolves when it listens; rejects, with nothing left behind, when it does not come to that. */
  static async start(metadata: ModuleMetadata, { dataDir, configure = usual }: { dataDir?: string; configure?: Configure } = {}): Promise<MountedApp> {
    class HostModule {}
    try {
      const app = await NestFactory.create<NestFastifyApplication>({ module: HostModule, ...metadata }, createHttpAdapter(), { logger: false, abortOnError: false });
      try {
        configure(app);
        await app.listen(0, '127.0.0.1');
        return new MountedApp(app, dataDir);
      } catch (error) {
        await app.close();
        throw error;
      }
    } catch (error) {
      await remove(dataDir);
      throw error;
    }
  }

  get port(): number {
    return (this.app.getHttpServer().address() as AddressInfo).port;
  }

  get origin(): string {
    return `http://127.0.0.1:${this.port}`;
  }

  /** The API below a prefix of the application's. */
  api(token = adminToken(), prefix = ''): Api {
    return new Api(`${this.origin}${prefix}`, token);
  }

  /** Any path, without a token. */
  get(path: string): Promise<Response> {
    return fetch(`${this.origin}${path}`);
  }

  async connect(clientId: string, options: { token?: string } = {}): Promise<RecordingClient> {
    const client = await new RecordingClient({ port: this.port }, clientId, options).connect();
    await client.until('its first frame', () => client.frames.length > 0);
    return client;
  }

  async stop(): Promise<void> {
    await this.app.close();
    await remove(this.dataDir);
  }
}

async function remove(dataDir: string | undefined): Promise<void> {
  if (dataDir !== undefined) await rm(dataDir, { recursive: true, force: true });
}
