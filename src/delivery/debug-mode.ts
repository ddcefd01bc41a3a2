// Debug mode: who may, and what a debugged connection is told and logged.
import { Inject, Injectable, Logger } from '@nestjs/common';
import { hasScope, type Principal, Scope } from '../auth/index.js';
import { nodeNameOf, Settings } from '../config/index.js';
import type { Connection } from '../connections/index.js';
import { Clock, type StreamDebug } from '../log/index.js';
import { ChatError } from '../protocol/index.js';

/** One connection that is debugged. */
export class ConnectionDebug implements StreamDebug {
  active = true;
  readonly connectionId: string;

  constructor(
    private readonly connection: Connection,
    readonly node: string,
    readonly clock: Clock,
    private readonly logger: Logger,
  ) {
    this.connectionId = connection.id;
  }

  /** At the level of connection events: whoever asked for it wants to see it, and nobody else's lines become more. */
  note(event: string, details: Readonly<Record<string, unknown>>): void {
    const { clientId, tenant } = this.connection.principal;
    this.logger.log({ msg: event, connection_id: this.connectionId, client_id: clientId, tenant, ...details });
  }
}

/** Decides by DEBUG_MODE and the token's scope. */
@Injectable()
export class DebugMode {
  private readonly logger = new Logger('Debug');
  private readonly node: string;

  constructor(
    private readonly settings: Settings,
    @Inject(Clock) private readonly clock: Clock,
  ) {
    this.node = nodeNameOf(settings);
  }

  /** Begins to debug a connection that has asked for it, if it may. */
  begin(connection: Connection): StreamDebug | undefined {
    if (connection.debugAsked && this.allows(connection.principal)) connection.debug = new ConnectionDebug(connection, this.node, this.clock, this.logger);
    return connection.debug;
  }

  /** The connection has another token. Debugging ends with the right to it, and does not begin before the client connects again. */
  follow({ debug, principal }: Connection): void {
    if (debug !== undefined) debug.active &&= this.allows(principal);
  }

  /** What a client is told that may not. */
  refusal(): ChatError {
    const { debugMode } = this.settings;
    return new ChatError('FORBIDDEN', debugMode === 'off' ? 'Debug mode is switched off' : 'Debug mode needs a token with scope debug');
  }

  private allows(principal: Principal): boolean {
    const { debugMode } = this.settings;
    return debugMode === 'allowed' || (debugMode === 'scope' && hasScope(principal, Scope.Debug));
  }
}
