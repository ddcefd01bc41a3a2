// The command of a frame, as a handler's parameter.
import { createParamDecorator, type ExecutionContext, type Type } from '@nestjs/common';
import type { InboundFrame } from '../protocol/index.js';
import { CommandPipe } from './command.pipe.js';

const Frame = createParamDecorator((_data: unknown, context: ExecutionContext) => context.switchToWs().getData<InboundFrame>());

/** The frame's `ref`; undefined when it has none. */
export const CommandRef = createParamDecorator((_data: unknown, context: ExecutionContext) => context.switchToWs().getData<InboundFrame>().ref);

/**
 * The frame's data, validated against the class. No `@MessageBody()`: a validating pipe of the whole application would hold the frame against the
 * class first.
 */
export function Command<T extends object>(type: Type<T>): ParameterDecorator {
  return Frame(new CommandPipe(type));
}
