// Provides the token verifier and the guard.
import { createSecretKey } from 'node:crypto';
import { Module } from '@nestjs/common';
import { JwtModule } from '@nestjs/jwt';
import { Settings } from '../config/index.js';
import { Authenticator } from './authenticator.js';
import { RevocationList } from './revocation-list.js';
import { BearerGuard } from './bearer.guard.js';
import { JwtTokenVerifier } from './jwt-token-verifier.js';
import { TokenVerifier } from './token-verifier.interface.js';

/** Needs `Settings` and `Clock` from a global module. */
@Module({
  imports: [
    JwtModule.registerAsync({
      inject: [Settings],
      // As a key: of a string, the library first tries at every token whether it is a public key.
      useFactory: (settings: Settings) => ({ secret: createSecretKey(Buffer.from(settings.jwtSecret)) }),
    }),
  ],
  providers: [{ provide: TokenVerifier, useClass: JwtTokenVerifier }, BearerGuard, Authenticator, RevocationList],
  exports: [TokenVerifier, BearerGuard, Authenticator, RevocationList],
})
export class AuthModule {}
