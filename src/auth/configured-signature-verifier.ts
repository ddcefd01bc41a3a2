// The verifier of signatures that the settings ask for, and the key set that it may need.
import { createPublicKey, createSecretKey } from 'node:crypto';
import { Inject, Injectable, Logger, type OnModuleDestroy, type OnModuleInit } from '@nestjs/common';
import { JwtService } from '@nestjs/jwt';
import { Settings } from '../config/index.js';
import { Clock, monotonicClock } from '../log/index.js';
import { PublicKeyVerifier } from './public-key-verifier.js';
import { RemoteKeySet } from './remote-key-set.js';
import { SharedSecretVerifier } from './shared-secret-verifier.js';
import type { SignatureVerifier, SignedToken } from './signature-verifier.interface.js';

/** A secret, a public key, or a key set: never more than one of them. */
@Injectable()
export class ConfiguredSignatureVerifier implements SignatureVerifier, OnModuleInit, OnModuleDestroy {
  /** A key set may lose a key, and its tokens with it. */
  readonly keysAreFixed: boolean;
  private readonly logger = new Logger('Auth');
  private readonly verifier: SignatureVerifier;
  private readonly keySet: RemoteKeySet | undefined;

  constructor(
    @Inject(Settings) settings: Settings,
    @Inject(Clock) clock: Clock,
    @Inject(JwtService) jwt: JwtService,
  ) {
    const { jwtSecret, jwtPublicKey, jwtJwksUri } = settings;
    this.keysAreFixed = jwtJwksUri === undefined;
    if (jwtJwksUri !== undefined) {
      this.keySet = new RemoteKeySet(jwtJwksUri, monotonicClock, {
        failed: (cause) => this.logger.warn({ msg: 'key set not fetched', address: jwtJwksUri, err: cause }),
      });
      this.verifier = new PublicKeyVerifier(this.keySet.key, settings, clock);
    } else if (jwtPublicKey !== undefined) {
      this.verifier = new PublicKeyVerifier(createPublicKey(jwtPublicKey), settings, clock);
    } else {
      if (jwtSecret === undefined) throw new Error('The settings name no key: set JWT_SECRET, JWT_PUBLIC_KEY or JWT_JWKS_URI');
      this.verifier = new SharedSecretVerifier(jwt, createSecretKey(Buffer.from(jwtSecret)), settings, clock);
    }
  }

  onModuleInit(): void {
    this.keySet?.start();
  }

  onModuleDestroy(): void {
    this.keySet?.stop();
  }

  verify(token: string): Promise<SignedToken> {
    return this.verifier.verify(token);
  }
}
