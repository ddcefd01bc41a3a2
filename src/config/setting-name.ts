// The name of a setting in the environment, made from its property's name and nothing else.

/** `queueMaxPerClient` is set by `QUEUE_MAX_PER_CLIENT`. */
export function environmentName(property: string): string {
  return property.replace(/[A-Z]/g, (letter) => `_${letter}`).toUpperCase();
}
