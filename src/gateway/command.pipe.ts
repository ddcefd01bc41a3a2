// Turns a frame's data into a validated command.
import { type PipeTransform, type Type } from '@nestjs/common';
import { plainToInstance } from 'class-transformer';
import { validate } from 'class-validator';
import { ChatError, isJsonObject, type InboundFrame } from '../protocol/index.js';

/** Validates `data` against a command's class; unknown fields are dropped. */
export class CommandPipe<T extends object> implements PipeTransform<InboundFrame, Promise<T>> {
  constructor(private readonly type: Type<T>) {}

  /** @throws ChatError `VALIDATION_ERROR` with what is wrong with each field, never echoing the input */
  async transform(frame: InboundFrame): Promise<T> {
    if (!isJsonObject(frame.data)) throw new ChatError('VALIDATION_ERROR', 'data must be an object');
    const command = plainToInstance(this.type, frame.data);
    const faults = await validate(command, { whitelist: true, validationError: { target: false, value: false } });
    if (faults.length > 0) {
      throw new ChatError('VALIDATION_ERROR', faults.flatMap(({ constraints }) => Object.values(constraints ?? {})).join('; '));
    }
    return command;
  }
}
