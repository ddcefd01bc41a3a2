// The tokens of a client: asked for before each connection, and before the token of a live one ends.
import { ChatClientError } from './client-error.js';
import type { TokenProvider, TokenReason } from './client-options.js';
import type { Link } from './link.js';

/** A token younger than this is told to be expiring because it is short-lived: its successor is asked for later, ms. */
const FRESH_MS = 5_000;

const SHORTEST_WAIT_MS = 1_000;
const LONGEST_WAIT_MS = 30_000;

/** What `token` in the options is: a string, or what to ask. */
export class TokenSource {
  private last: string | undefined;
  private takenAt = 0;
  private timer: ReturnType<typeof setTimeout> | undefined;

  /** @param failed told when a live connection could not be given another token; it then ends with the one it has */
  constructor(
    private readonly token: string | TokenProvider,
    private readonly failed: (error: ChatClientError) => void,
  ) {}

  /** Whether asking again may give another one. */
  get canRenew(): boolean {
    return typeof this.token !== 'string';
  }

  /**
   * Asks for a token.
   *
   * @throws ChatClientError `TOKEN_UNAVAILABLE`
   */
  async take(reason: TokenReason): Promise<string> {
    try {
      const token = typeof this.token === 'string' ? this.token : await this.token(reason);
      // It has to be fit for a header. The WebSocket's own error would show it.
      if (!/^[\w.-]+$/.test(token)) throw new TypeError('This is no token');
      this.takenAt = Date.now();
      return (this.last = token);
    } catch (cause) {
      throw new ChatClientError('TOKEN_UNAVAILABLE', 'There is no token to connect with', {}, { cause });
    }
  }

  /** The server has said that the token of this connection ends then (RFC 3339). */
  expiring(link: Link, expiresAt: unknown): void {
    if (!this.canRenew) return;
    clearTimeout(this.timer);
    const remainingMs = Date.parse(String(expiresAt)) - Date.now();
    const laterMs = Math.min(Math.max(remainingMs / 2 || 0, SHORTEST_WAIT_MS), LONGEST_WAIT_MS);
    const waitMs = Date.now() - this.takenAt < FRESH_MS ? laterMs : 0;
    this.timer = setTimeout(() => void this.renew(link, expiresAt), waitMs);
  }

  /** No connection needs another one now. */
  stop(): void {
    clearTimeout(this.timer);
  }

  private async renew(link: Link, expiresAt: unknown): Promise<void> {
    const { last } = this;
    try {
      const token = await this.take('expiring');
      if (link.isOver) return;
      if (token === last) return this.expiring(link, expiresAt);
      link.command('token_refresh', { token }, (answer) => {
        if (answer?.type !== 'error') return;
        const { code, message } = answer.data;
        this.failed(new ChatClientError('TOKEN_UNAVAILABLE', `The token was not taken: ${String(message)}`, { code }));
      });
    } catch (error) {
      if (link.isOver) return;
      this.failed(error as ChatClientError);
      this.takenAt = Date.now();
      this.expiring(link, expiresAt);
    }
  }
}
