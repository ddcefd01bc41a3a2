// Provides the token verifier, the authenticator and the guard.
import { Module } from '@nestjs/common';
import { JwtModule } from '@nestjs/jwt';
import { Authenticator } from './authenticator.js';
import { BearerGuard } from './bearer.guard.js';
import { ConfiguredSignatureVerifier } from './configured-signature-verifier.js';
import { JwtTokenVerifier } from './jwt-token-verifier.js';
import { RevocationList } from './revocation-list.js';
import { SignatureVerifier } from './signature-verifier.interface.js';
import { TokenVerifier } from './token-verifier.interface.js';

/** Needs `Settings`, `Clock`, `DeliveryEngine` and `ChatEvents` from global modules. */
@Module({
  imports: [JwtModule.register({})],
  providers: [
    { provide: SignatureVerifier, useClass: ConfiguredSignatureVerifier },
    { provide: TokenVerifier, useClass: JwtTokenVerifier },
    Authenticator,
    BearerGuard,
    RevocationList,
  ],
  exports: [TokenVerifier, Authenticator, BearerGuard, RevocationList],
})
export class AuthModule {}
