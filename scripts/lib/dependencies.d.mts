/** Installs what is missing. */
export function ensureDependencies(): Promise<void>;

/** Whether everything that package-lock.json names is there. */
export function dependenciesAreInstalled(): boolean;
