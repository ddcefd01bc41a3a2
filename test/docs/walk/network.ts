// A network in which nobody else is: the ports that the pages name are free, and nothing outside can be reached.
import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { readdirSync, readlinkSync } from 'node:fs';

/** The superuser's way; anybody's, where the system lets them. */
const WAYS: readonly { unshare: string[]; nsenter: string[] }[] = [
  { unshare: ['--net'], nsenter: ['--net'] },
  { unshare: ['--user', '--map-root-user', '--net'], nsenter: ['--user', '--preserve-credentials', '--net'] },
];

const LOOPBACK_UP = 'ip link set lo up';

const holders = new Set<ChildProcess>();
process.once('exit', () => holders.forEach((holder) => holder.kill('SIGKILL')));

/** Lasts until it is closed. Where the system has none to give, what runs in it runs in this machine's own. */
export class Network {
  private constructor(
    private readonly holder: ChildProcess | undefined,
    /** What stands before a command that is to run in it. */
    readonly launcher: readonly string[],
  ) {}

  static async open(): Promise<Network> {
    const way = WAYS.find(({ unshare }) => spawnSync('unshare', [...unshare, 'sh', '-c', LOOPBACK_UP]).status === 0);
    if (way === undefined) return new Network(undefined, []);
    const holder = spawn('unshare', [...way.unshare, 'sh', '-c', `${LOOPBACK_UP} && echo up && exec cat`], { stdio: ['pipe', 'pipe', 'inherit'] });
    holders.add(holder);
    await new Promise((resolve, reject) => {
      holder.stdout.once('data', resolve);
      holder.once('exit', () => reject(new Error('The network could not be made')));
    });
    return new Network(holder, ['nsenter', `--target=${holder.pid}`, ...way.nsenter]);
  }

  close(): void {
    if (this.holder === undefined) return;
    for (const pid of this.inhabitants()) process.kill(pid, 'SIGKILL');
    holders.delete(this.holder);
  }

  /** Whatever runs in it, the holder included: a daemon belongs to nobody's terminal. */
  private inhabitants(): number[] {
    const name = (pid: number | string): string | undefined => {
      try {
        return readlinkSync(`/proc/${pid}/ns/net`);
      } catch {
        // It has ended, or is another user's.
        return undefined;
      }
    };
    const ours = name(this.holder?.pid ?? '');
    return readdirSync('/proc').filter((pid) => /^\d+$/.test(pid) && ours !== undefined && name(pid) === ours).map(Number);
  }
}
