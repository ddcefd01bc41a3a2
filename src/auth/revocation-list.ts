// Tokens that do not count any more.
import { Injectable } from '@nestjs/common';
import type { Principal } from './principal.js';

@Injectable()
export class RevocationList {
  isRevoked(_principal: Principal): boolean {
    return false;
  }
}
