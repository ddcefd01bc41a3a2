// Certificates of an authority of our own, for servers on the loopback and their clients.
import { execFile } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';

const run = promisify(execFile);

/** Files in PEM, made by `openssl`. */
export class Certificates {
  private directory = '';

  async create(): Promise<this> {
    this.directory = await mkdtemp(join(tmpdir(), 'chatapi-certificates-'));
    await this.openssl('req', '-x509', '-newkey', 'rsa:2048', '-nodes', '-days', '2', '-subj', '/CN=Authority', '-keyout', 'ca.key', '-out', 'ca.pem');
    await writeFile(join(this.directory, 'names'), 'subjectAltName=IP:127.0.0.1,DNS:localhost\n');
    for (const name of ['server', 'client']) {
      await this.openssl('req', '-newkey', 'rsa:2048', '-nodes', '-subj', `/CN=${name}`, '-keyout', `${name}.key`, '-out', `${name}.csr`);
      await this.openssl('x509', '-req', '-in', `${name}.csr`, '-CA', 'ca.pem', '-CAkey', 'ca.key', '-CAcreateserial', '-days', '2', '-extfile', 'names', '-out', `${name}.pem`);
    }
    return this;
  }

  path(file: 'ca.pem' | 'server.pem' | 'server.key' | 'client.pem' | 'client.key'): string {
    return join(this.directory, file);
  }

  async destroy(): Promise<void> {
    if (this.directory !== '') await rm(this.directory, { recursive: true, force: true });
  }

  private async openssl(...args: string[]): Promise<void> {
    await run('openssl', args, { cwd: this.directory });
  }
}
