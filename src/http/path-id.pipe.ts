// Ids in a path.
import { Injectable, type PipeTransform } from '@nestjs/common';
import { ChatError, type ErrorCode, isIdentifier } from '../protocol/index.js';

/** Refuses what cannot be an id, with the answer that an id which does not exist would get. */
@Injectable()
export class PathIdPipe implements PipeTransform<string, string> {
  constructor(private readonly code: ErrorCode) {}

  transform(value: string): string {
    if (!isIdentifier(value)) throw new ChatError(this.code);
    return value;
  }
}
