// The middle of a few measurements.

/** The median; of an even number of them the upper one of the middle two. */
export function median(numbers) {
  return [...numbers].sort((a, b) => a - b)[Math.floor(numbers.length / 2)];
}
