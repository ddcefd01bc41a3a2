// Who may not come in: bans and revocations.
import type { Database, Statement } from 'better-sqlite3';
import type { BanRecord, RevocationRecord } from '../delivery-engine.interface.js';
import type { StoreCalls } from './store-operation.js';

/** Carries out the calls of AccessStore. What is over is deleted when the rest is listed, at the start of the server. */
export class AccessTable implements Pick<StoreCalls, 'saveBan' | 'deleteBan' | 'listBans' | 'saveRevocation' | 'listRevocations'> {
  private readonly upsertBan: Statement;
  private readonly removeBan: Statement;
  private readonly forget: readonly [bans: Statement, tokens: Statement, clients: Statement];
  private readonly selectBans: Statement<[], Omit<BanRecord, 'by'> & { by: string | null }>;
  private readonly insertToken: Statement;
  private readonly raiseClient: Statement;
  private readonly selectTokens: Statement<[], RevocationRecord>;
  private readonly selectClients: Statement<[], RevocationRecord>;

  constructor(db: Database) {
    this.upsertBan = db.prepare(
      `INSERT INTO bans (tenant, client_id, reason, banned_at, until, banned_by) VALUES (?, ?, ?, ?, ?, ?)
       ON CONFLICT DO UPDATE SET reason = excluded.reason, banned_at = excluded.banned_at, until = excluded.until, banned_by = excluded.banned_by`,
    );
    this.removeBan = db.prepare('DELETE FROM bans WHERE tenant = ? AND client_id = ?');
    this.forget = [
      db.prepare('DELETE FROM bans WHERE until <= ?'),
      db.prepare('DELETE FROM revoked_tokens WHERE revoked_at <= ?'),
      db.prepare('DELETE FROM revoked_clients WHERE revoked_at <= ?'),
    ];
    this.selectBans = db.prepare(
      'SELECT tenant, client_id AS clientId, reason, banned_at AS bannedAt, until, banned_by AS "by" FROM bans ORDER BY tenant, client_id',
    );
    this.insertToken = db.prepare(
      `INSERT INTO revoked_tokens (tenant, token_id, revoked_at) VALUES (?, ?, ?)
       ON CONFLICT DO UPDATE SET revoked_at = excluded.revoked_at`,
    );
    this.raiseClient = db.prepare(
      `INSERT INTO revoked_clients (tenant, client_id, issued_before, revoked_at) VALUES (?, ?, ?, ?)
       ON CONFLICT DO UPDATE SET issued_before = max(issued_before, excluded.issued_before), revoked_at = max(revoked_at, excluded.revoked_at)`,
    );
    this.selectTokens = db.prepare('SELECT tenant, token_id AS tokenId, revoked_at AS revokedAt FROM revoked_tokens');
    this.selectClients = db.prepare(
      'SELECT tenant, client_id AS clientId, issued_before AS issuedBefore, revoked_at AS revokedAt FROM revoked_clients',
    );
  }

  saveBan({ tenant, clientId, reason, bannedAt, until, by = null }: Omit<BanRecord, 'by'> & { by?: string | null }): void {
    this.upsertBan.run(tenant, clientId, reason, bannedAt, until, by);
  }

  deleteBan(tenant: string, clientId: string): boolean {
    return this.removeBan.run(tenant, clientId).changes > 0;
  }

  listBans(now: number): BanRecord[] {
    const [bans] = this.forget;
    bans.run(now);
    return this.selectBans.all().map(({ by, ...ban }) => (by === null ? ban : { ...ban, by }));
  }

  saveRevocation({ tenant, tokenId, clientId, issuedBefore = 0, revokedAt }: RevocationRecord): void {
    if (tokenId !== undefined) this.insertToken.run(tenant, tokenId, revokedAt);
    else if (clientId !== undefined) this.raiseClient.run(tenant, clientId, issuedBefore, revokedAt);
  }

  listRevocations(since: number): RevocationRecord[] {
    const [, tokens, clients] = this.forget;
    tokens.run(since);
    clients.run(since);
    return [...this.selectTokens.all(), ...this.selectClients.all()];
  }
}
