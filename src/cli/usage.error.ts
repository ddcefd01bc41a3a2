// The command line itself is wrong: nothing was tried.

/** Wrong or missing arguments. */
export class UsageError extends Error {
  override readonly name = 'UsageError';
}
