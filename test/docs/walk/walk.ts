// Following a page: its blocks in order, each done as its marks say (docs/testing.md, "The walk").
import { mkdir, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { type CodeBlock, codeBlocks } from '../markdown.js';
import { Checkout } from './checkout.js';
import { Network } from './network.js';
import { notRun } from './not-run.js';
import { Terminal } from './terminal.js';
import { WalkBrowser } from './walk-browser.js';

/** What one newcomer has: a checkout, a network, terminals, and a browser as soon as a page wants one. */
export class Walk {
  private browser: WalkBrowser | undefined;

  private constructor(
    readonly checkout: Checkout,
    private readonly network: Network,
    readonly terminal: Terminal,
  ) {}

  static async begin(): Promise<Walk> {
    const [checkout, network] = await Promise.all([Checkout.make(), Network.open()]);
    return new Walk(checkout, network, await Terminal.open(network, checkout.directory));
  }

  /** The blocks of a page that are for doing. */
  static steps(page: string): CodeBlock[] {
    return codeBlocks(page).filter(({ language, marks }) => ['sh', 'bash'].includes(language) || 'file' in marks || 'browser' in marks);
  }

  /** @throws Error when it does not work, or does not print what it should */
  async follow(step: CodeBlock): Promise<void> {
    const { language, marks, text } = step;
    this.terminal.clear();
    if ('alone' in marks) await this.terminal.interrupt();
    if ('file' in marks) await this.write(marks.file, text);
    else if ('browser' in marks) await (language === 'text' ? this.visit(text) : this.runInBrowser(text));
    else if ('no-run' in marks) await notRun(step)?.standIn?.(this);
    else if ('background' in marks) await this.terminal.start(text, marks.background);
    else if (['sh', 'bash'].includes(language)) await this.terminal.run(text);
    for (const name of ['prints', 'logs']) if (name in marks) await this.terminal.sees(marks[name]);
  }

  /** The value of a variable of the terminal. */
  async variable(name: string): Promise<string> {
    this.terminal.clear();
    await this.terminal.run(`printf %s "$${name}"`);
    return this.terminal.output;
  }

  async end(): Promise<void> {
    await this.browser?.close();
    await this.terminal.close();
    this.network.close();
    await this.checkout.remove();
  }

  /** Where the terminal is. */
  private async write(path: string, text: string): Promise<void> {
    const file = join(await this.variable('PWD'), path);
    await mkdir(dirname(file), { recursive: true });
    await writeFile(file, `${text}\n`);
  }

  private async visit(address: string): Promise<WalkBrowser> {
    this.browser ??= await WalkBrowser.open(this.network, (line) => (this.terminal.output += `${line}\n`));
    await this.browser.visit(address);
    return this.browser;
  }

  /** On any page of the server: its origin is what counts. */
  private async runInBrowser(script: string): Promise<void> {
    const token = await this.variable('CLIENT_TOKEN');
    const browser = await this.visit('http://localhost:8000/livez');
    await browser.run(`const CLIENT_TOKEN = ${JSON.stringify(token)};\n${script}`);
  }
}
