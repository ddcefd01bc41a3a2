// A connection's commands, one after the other.
import { describe, expect, it } from 'vitest';
import { CommandChain } from './command-chain.js';

class Socket {
  readonly calls: string[] = [];
  pause = (): void => void this.calls.push('pause');
  resume = (): void => void this.calls.push('resume');
}

/** A task that ends when it is told to. */
function task(name: string, log: string[]): { run: () => Promise<void>; end: () => void } {
  let end = (): void => undefined;
  const ended = new Promise<void>((resolve) => (end = resolve));
  return { run: () => (log.push(name), ended), end };
}

const settled = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

describe('commands', () => {
  it('run one after the other, also behind one that fails', async () => {
    const chain = new CommandChain(new Socket());
    const log: string[] = [];
    const first = task('first', log);
    chain.add(first.run);
    chain.add(() => Promise.reject(new Error('fails')));
    chain.add(() => (log.push('third'), Promise.resolve()));
    await settled();
    expect(log).toEqual(['first']);
    first.end();
    await settled();
    expect(log).toEqual(['first', 'third']);
  });

  it('may let those behind them go on, once', async () => {
    const chain = new CommandChain(new Socket());
    const log: string[] = [];
    const [held, second, third] = ['held', 'second', 'third'].map((name) => task(name, log));
    chain.add(() => {
      chain.proceed();
      return held.run();
    });
    chain.add(second.run);
    chain.add(third.run);
    await settled();
    expect(log).toEqual(['held', 'second']);
    held.end();
    await settled();
    expect(log).toEqual(['held', 'second']);
    second.end();
    await settled();
    expect(log).toEqual(['held', 'second', 'third']);
  });

  it('stop the socket while more than 256 wait, and let it go on when half of them are done', async () => {
    const socket = new Socket();
    const chain = new CommandChain(socket);
    const tasks = Array.from({ length: 257 }, () => task('', []));
    for (const { run } of tasks) chain.add(run);
    expect(socket.calls).toEqual(['pause']);
    for (const { end } of tasks.slice(0, 128)) end();
    await settled();
    expect(socket.calls).toEqual(['pause']);
    tasks[128].end();
    await settled();
    expect(socket.calls).toEqual(['pause', 'resume']);
  });
});
