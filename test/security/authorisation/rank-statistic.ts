// Telling two groups of measurements apart by their ranks, as an attacker would who measures how long answers take.

/**
 * The probability that a measurement of the first group is larger than one of the second (the area under the ROC curve; Mann and
 * Whitney 1947): 0.5 when nothing tells them apart, 0 or 1 when everything does.
 */
export function areaUnderCurve(first: readonly number[], second: readonly number[]): number {
  const all = [...first.map((value) => ({ value, isFirst: true })), ...second.map((value) => ({ value, isFirst: false }))].sort((a, b) => a.value - b.value);
  let larger = 0;
  let seconds = 0;
  for (let start = 0; start < all.length; ) {
    const end = all.findIndex(({ value }, index) => index > start && value !== all[start].value);
    const ties = all.slice(start, end === -1 ? all.length : end);
    const tiedSeconds = ties.filter(({ isFirst }) => !isFirst).length;
    larger += (ties.length - tiedSeconds) * (seconds + tiedSeconds / 2);
    seconds += tiedSeconds;
    start += ties.length;
  }
  return larger / (first.length * second.length);
}
