// A network of its own for a process (Linux): its packets to one port of this machine, and the answers, can be lost or refused, as real networks do it.
import { execFileSync, spawnSync } from 'node:child_process';

/** Each namespace has four addresses of 10.213.0.0/16: of this machine, and its own. */
const NETWORK = '10.213';
const MOST_NAMESPACES = 16_384;
/** Namespaces of one process. */
const PER_PROCESS = 4;
const TABLE = ['inet', 'faults'];

const open = new Set<NetworkNamespace>();
process.once('exit', () => open.forEach((namespace) => namespace.close()));

/** A namespace, with a line of its own to this machine. */
export class NetworkNamespace {
  /** This machine's, as seen from the namespace; and the namespace's. */
  readonly outside: string;
  readonly inside: string;
  private readonly name: string;
  private readonly line: string;

  /** @param index less than four, another one for each namespace of this process */
  constructor(index: number) {
    const number = (process.pid * PER_PROCESS + index) % MOST_NAMESPACES;
    const address = (last: number): string => `${NETWORK}.${number >> 6}.${(number & 63) * 4 + last}`;
    [this.outside, this.inside] = [address(1), address(2)];
    [this.name, this.line] = [`chatapi-${number}`, `chatapi${number}`];
  }

  /** Why there can be none on this machine, or to this user; undefined where there can. */
  static unavailable(): string | undefined {
    const namespace = new NetworkNamespace(PER_PROCESS - 1);
    try {
      namespace.open();
      namespace.loseAnswers(1);
      return undefined;
    } catch (error) {
      return `network namespaces need Linux, the superuser, and the programs ip and nft: ${String((error as Error).message).split('\n')[0]}`;
    } finally {
      namespace.close();
    }
  }

  /** What stands before a command that is to run inside. */
  get launcher(): readonly string[] {
    return ['ip', 'netns', 'exec', this.name];
  }

  /** @throws Error when that cannot be done */
  open(): void {
    const { name, line } = this;
    ip('netns', 'add', name);
    open.add(this);
    ip('link', 'add', line, 'type', 'veth', 'peer', 'name', 'outside', 'netns', name);
    ip('address', 'add', `${this.outside}/30`, 'dev', line);
    ip('link', 'set', line, 'up');
    ip('-n', name, 'address', 'add', `${this.inside}/30`, 'dev', 'outside');
    ip('-n', name, 'link', 'set', 'outside', 'up');
    ip('-n', name, 'link', 'set', 'lo', 'up');
    this.nft('add', 'table', ...TABLE);
    for (const hook of ['input', 'output']) this.nft('add', 'chain', ...TABLE, hook, `{ type filter hook ${hook} priority 0; }`);
  }

  /** Removes it; what still runs in it has no network any more. */
  close(): void {
    open.delete(this);
    spawnSync('ip', ['netns', 'delete', this.name]);
  }

  /** Whoever sends to this port hears that nobody is there; open connections hear of it with the next packet. */
  refuse(port: number): void {
    this.rule('output', `tcp dport ${port} reject with tcp reset`);
    this.rule('input', `tcp sport ${port} reject with tcp reset`);
  }

  /** What comes from this port is lost. */
  loseAnswers(port: number): void {
    this.rule('input', `tcp sport ${port} drop`);
  }

  /** What goes to this port is lost. */
  loseQuestions(port: number): void {
    this.rule('output', `tcp dport ${port} drop`);
  }

  /** All is good again. */
  heal(): void {
    this.nft('flush', 'table', ...TABLE);
  }

  private rule(hook: string, rule: string): void {
    this.nft('add', 'rule', ...TABLE, hook, rule);
  }

  private nft(...words: string[]): void {
    ip('netns', 'exec', this.name, 'nft', words.join(' '));
  }
}

function ip(...words: string[]): void {
  execFileSync('ip', words, { stdio: ['ignore', 'ignore', 'pipe'] });
}
