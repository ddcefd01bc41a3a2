// Settings that cannot be used: everything that is wrong with them, at once.

/** One setting that is wrong. */
export interface SettingFault {
  /** As in the environment. */
  readonly name: string;
  /** What is wrong with it. Holds no secret. */
  readonly problem: string;
  readonly allowed: string;
}

/**
 * Stops the start of the server. Its message lists every fault and holds no secret.
 *
 * @publicApi
 */
export class SettingsError extends Error {
  constructor(readonly faults: readonly SettingFault[]) {
    const lines = faults.map(({ name, problem, allowed }) => `  ${name} ${problem}; allowed: ${allowed}`);
    super(`The settings are not valid:\n${lines.join('\n')}`);
    this.name = 'SettingsError';
  }
}
