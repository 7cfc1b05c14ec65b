/** A writer to be killed: each transaction puts the same number into two tables; the number is printed once it is durable. */
import { writeSync } from 'node:fs';
import { openStore } from '../../src/store/open-store.ts';

const directory = process.argv[2]!;
const store = openStore({ directory, now: Date.now });
if (store.runs.get('r') === null) store.runs.add({ id: 'r', name: 'r', path: '/out/r' });
for (let number = (store.telemetry.last('r', 1)[0]?.step ?? 0) + 1; ; number++) {
  store.transaction(() => {
    store.telemetry.add('r', [
      { step: number, tokens: null, loss: number, learningRate: null, gradNorm: null, dataMix: null },
    ]);
    store.events.append({ event: 'run.found', at: 'now', step: number });
  });
  writeSync(1, `${number}\n`);
}
