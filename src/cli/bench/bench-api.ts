// The requests that a load is made of.

const TIMEOUT_MS = 30_000;

/** Members are added in parts of this size, the most that the server takes at once. */
const MEMBERS_AT_ONCE = 1_000;

/** The HTTP API with an administrator's token. */
export class BenchApi {
  constructor(
    private readonly server: URL,
    private readonly token: string,
  ) {}

  /** @throws Error when there is no such room afterwards */
  async createRoom(id: string, members: readonly string[]): Promise<void> {
    await this.expect(this.request('POST', '/rooms', { id }));
    for (let start = 0; start < members.length; start += MEMBERS_AT_ONCE) {
      const add = members.slice(start, start + MEMBERS_AT_ONCE);
      await this.expect(this.request('POST', `/rooms/${id}/members`, { add, silent: true }));
    }
  }

  async deleteRoom(id: string): Promise<void> {
    await this.request('DELETE', `/rooms/${id}`).catch(() => undefined);
  }

  /** Whether the message is stored. */
  async publish(room: string, content: string): Promise<boolean> {
    const response = await this.request('POST', `/rooms/${room}/messages`, { content }).catch(() => undefined);
    return response?.ok ?? false;
  }

  private async expect(response: Promise<Response>): Promise<void> {
    const { ok, status } = await response.catch((error: Error) => {
      const { cause = error } = error as { cause?: NodeJS.ErrnoException };
      throw new Error(`no answer from ${this.server.origin} (${(cause as NodeJS.ErrnoException).code ?? cause.message})`);
    });
    if (!ok) throw new Error(`the server refuses with HTTP ${status}; its tokens are signed with JWT_SECRET, or the secret in DATA_DIR`);
  }

  private async request(method: string, path: string, body?: object): Promise<Response> {
    const response = await fetch(new URL(`/api/v1${path}`, this.server), {
      method,
      headers: { authorization: `Bearer ${this.token}`, ...(body && { 'content-type': 'application/json' }) },
      signal: AbortSignal.timeout(TIMEOUT_MS),
      ...(body && { body: JSON.stringify(body) }),
    });
    // Read to its end, so that the next one can have its connection.
    await response.arrayBuffer();
    return response;
  }
}
