// Checking that a token was signed by whoever may, before anything in it is believed.

/** The injection token of the verifier of signatures in use. */
export const SignatureVerifier = Symbol('SignatureVerifier');

/** A token whose signature and times hold. None of it is trusted to have its type. */
export interface SignedToken {
  readonly header: Record<string, unknown>;
  readonly payload: unknown;
}

/** Checks signature, algorithm, `exp`, `nbf`, and `iss` and `aud` where settings name them. */
export interface SignatureVerifier {
  /** No key is ever taken away: a token that was accepted once holds until it expires, and need not be verified again. Absent: false. */
  readonly keysAreFixed?: boolean;
  /** Rejects, with any error, for a token that does not hold; a parser's message may quote the token, so nobody shows it. */
  verify(token: string): Promise<SignedToken>;
}
