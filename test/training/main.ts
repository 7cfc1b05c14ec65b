/**
 * `npm run test:training [-- --python PATH --seeds 1,2,3 --work DIR --record]`: a real training with a mistake planted in its data mix, watched
 * live; with Libra's advice followed, and left alone. Needs the build, and a Python with torch. Runs that are in --work already are kept.
 */
import { existsSync, mkdirSync, mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { parseArgs } from 'node:util';
import { checkLoweredRate, checkPython } from './check-python.ts';
import { drawCurves } from './draw-curves.ts';
import { failuresOf, MISTAKE_AFTER } from './expectations.ts';
import { PICTURE, RESULTS, type TrainingResults, type WatchedTraining } from './results.ts';
import { summarise } from './summarise.ts';
import { watchTraining } from './watch-training.ts';

const { values } = parseArgs({
  options: {
    python: { type: 'string', default: process.env.LIBRA_TRAINING_PYTHON ?? 'python3' },
    seeds: { type: 'string', default: '1' },
    work: { type: 'string' },
    record: { type: 'boolean', default: false },
  },
});

const versions = checkPython(values.python);
checkLoweredRate(values.python);
const work = values.work ?? mkdtempSync(join(tmpdir(), 'libra-training-'));
mkdirSync(work, { recursive: true });

const runs: WatchedTraining[] = [];
for (const seed of values.seeds.split(',').map(Number))
  for (const follows of [true, false]) {
    const name = `${follows ? 'followed' : 'left-alone'}-${seed}`;
    const kept = join(work, `${name}.json`);
    if (!existsSync(kept)) {
      console.log(`${name}: training`);
      const place = join(work, name);
      writeFileSync(kept, JSON.stringify(await watchTraining({ python: values.python, seed, follows, place })));
    }
    const run = JSON.parse(readFileSync(kept, 'utf8')) as WatchedTraining;
    console.log(`${name}: ${run.curve.map(({ accuracy }) => (100 * accuracy).toFixed(1)).join(' ')}`);
    console.log(`  ${run.alert ? `alert at step ${run.alert.step}: ${run.alert.title}` : 'no alert'}`);
    if (run.change) console.log(`  step ${run.change.step}: ${run.change.note}`);
    runs.push(run);
  }

const difference = summarise(runs);
for (const [over, { value, ci95, n }] of Object.entries(difference))
  console.log(
    `${over}: ${(100 * value).toFixed(1)} points [${ci95.map((end) => (100 * end).toFixed(1)).join(', ')}], n = ${n}`,
  );
const failures = failuresOf(runs, difference.overDocs);
for (const failure of failures) console.error(`NOT SO: ${failure}`);
if (failures.length > 0) process.exitCode = 1;
else if (values.record) {
  const results: TrainingResults = {
    date: new Date().toISOString().slice(0, 10),
    command: `npm run test:training -- --seeds ${values.seeds} --record`,
    versions,
    mistake: { after: MISTAKE_AFTER, from: 0.39 },
    runs,
    difference,
  };
  mkdirSync(dirname(RESULTS), { recursive: true });
  writeFileSync(RESULTS, `${JSON.stringify(results, null, 1)}\n`);
  writeFileSync(PICTURE, drawCurves(results));
}
