// A sequence number in a path.
import { Injectable, type PipeTransform } from '@nestjs/common';
import { ChatError } from '../protocol/index.js';

/** Refuses what no entry can have as its number: 1, 2, 3 … */
@Injectable()
export class SequencePipe implements PipeTransform<string, number> {
  transform(value: string): number {
    const seq = /^[1-9][0-9]{0,15}$/.test(value) ? Number(value) : NaN;
    if (!Number.isSafeInteger(seq)) throw new ChatError('MESSAGE_NOT_FOUND');
    return seq;
  }
}
