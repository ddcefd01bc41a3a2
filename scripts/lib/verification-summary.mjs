// The end of a verification's output: a table of its steps, what failed, and a last line with the totals.

/** The table of the steps. */
export function summaryTable(outcomes) {
  const rows = outcomes.map(({ name, passed, failed, skipped, seconds }) => [
    failed === 0 ? 'ok' : 'FAILED',
    name,
    String(passed),
    String(failed),
    String(skipped),
    `${seconds.toFixed(1)} s`,
  ]);
  const lines = [['', 'step', 'passed', 'failed', 'skipped', 'time'], ...rows];
  const widths = lines[0].map((_title, column) => Math.max(...lines.map((line) => line[column].length)));
  return lines.map((line) => line.map((cell, column) => (column < 2 ? cell.padEnd(widths[column]) : cell.padStart(widths[column]))).join('  ')).join('\n');
}

/** The tests that failed, step by step; empty when there are none. */
export function failureList(outcomes) {
  return outcomes.flatMap(({ name, failures = [] }) => failures.map((failure) => `FAILED  ${name}: ${failure}\n`)).join('');
}

/** `N passed, N failed`, with `, N skipped` when there are any. */
export function totalsLine(outcomes) {
  const total = (count) => outcomes.reduce((sum, outcome) => sum + outcome[count], 0);
  const skipped = total('skipped');
  return `${total('passed')} passed, ${total('failed')} failed${skipped === 0 ? '' : `, ${skipped} skipped`}`;
}
