// Provides the authenticator and the guard.
import { Module } from '@nestjs/common';
import { Authenticator } from './authenticator.js';
import { BearerGuard } from './bearer.guard.js';
import { RevocationList } from './revocation-list.js';

/** Needs `TokenVerifier`, `Settings`, `Clock`, `DeliveryEngine` and `ChatEvents` from global modules. */
@Module({ providers: [Authenticator, BearerGuard, RevocationList], exports: [Authenticator, BearerGuard, RevocationList] })
export class AuthModule {}
