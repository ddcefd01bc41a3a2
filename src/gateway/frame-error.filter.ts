// Whatever a command fails with, as one `error` frame.
import { type ArgumentsHost, Catch, type ExceptionFilter, Inject, Injectable, Logger } from '@nestjs/common';
import type { Connection } from '../connections/index.js';
import { Clock } from '../log/index.js';
import { ChatError, type InboundFrame } from '../protocol/index.js';

/** Answers with the error's code; what is not a ChatError is logged, and shown only as `SERVER_ERROR`. */
@Catch()
@Injectable()
export class FrameErrorFilter implements ExceptionFilter {
  private readonly logger = new Logger('Gateway');

  constructor(@Inject(Clock) private readonly clock: Clock) {}

  catch(exception: unknown, host: ArgumentsHost): void {
    const context = host.switchToWs();
    const connection = context.getClient<Connection>();
    const frame = context.getData<InboundFrame | undefined>();
    if (!(exception instanceof ChatError)) this.logger.error({ msg: 'command failed', type: frame?.type, err: exception });
    const error = exception instanceof ChatError ? exception : new ChatError('SERVER_ERROR');
    connection.sendError(error, new Date(this.clock.now()).toISOString(), frame?.ref);
  }
}
