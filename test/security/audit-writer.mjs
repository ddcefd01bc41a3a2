// A process that writes numbered audit records until all are in files: audit-writer.mjs <directory> <count>
import { FileAuditSink } from '../../dist/audit/index.js';

const [directory, count] = process.argv.slice(2);
const sink = new FileAuditSink({ directory, fileMaxBytes: 1_000_000, fileMaxMs: 2_000, retentionMs: 0 }, { now: () => Date.now() });
await sink.open();
for (let seq = 1; seq <= Number(count); seq++) {
  sink.write([{ time: new Date().toISOString(), action: 'published', tenant: 'default', client_id: 'alice', seq }]);
  if (seq % 50 === 0) await sink.flush();
}
// Its own timers do not keep a process alive.
while (sink.waitingBytes > 0) await new Promise((resolve) => setTimeout(resolve, 20));
await sink.close();
process.exit(sink.lostRecords === 0 ? 0 : 1);
