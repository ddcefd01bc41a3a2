// Runs of several subjects in turn, round after round, so that whatever else the machine does meets all of them.
import { median } from './median.mjs';
import { subjectOf } from './subjects/index.mjs';

/**
 * Measures a workload.
 *
 * @returns {runs, results}: every run's numbers, and for each subject the median of each number
 * @throws Error when a run is void
 */
export async function alternate(workload, options, { rounds, subjects, report }) {
  const runs = [];
  for (let round = 0; round < rounds; round++) {
    for (const subject of subjects) {
      const numbers = await measureOnce(workload, subject, options);
      runs.push({ subject, round, ...numbers });
      report(subject, numbers);
    }
  }
  return { runs, results: subjects.map((subject) => ({ subject, ...mediansOf(runs.filter((run) => run.subject === subject)) })) };
}

async function measureOnce(workload, name, options) {
  const { subject, variant } = subjectOf(name);
  const running = await subject.start({ env: workload.settings });
  try {
    return await workload.measure(running, options, { variant, atPeak: async () => {} });
  } catch (error) {
    throw new Error(`${name}: ${error.message}`, { cause: error });
  } finally {
    await running.stop();
  }
}

function mediansOf(runs) {
  const keys = Object.keys(runs[0]).filter((key) => key !== 'subject' && key !== 'round');
  return Object.fromEntries(keys.map((key) => [key, median(runs.map((run) => run[key]))]));
}
