/** The whole configuration: every key with its sentence and its default. Types, reference and JSON schema all come from here. */
import { z } from 'zod';
import { MODEL_TYPES } from '../domain/model-type.ts';
import { STAGES } from '../domain/run.ts';
import { ALERT_SECTION } from './alert-section.ts';
import { key, section } from './key.ts';
import { bytes, diskPart, duration, share } from './measures.ts';
import { notifier } from './notifier-variants.ts';
import { TASK_SECTIONS } from './task-sections.ts';
import { names, orNull, secret, text } from './values.ts';

/** Those of the catalogue. */
export const STRATEGY_NAMES = ['fixed', 'smoke', 'staged', 'adaptive'] as const;

export const BACKLOG_NAMES = ['all', 'every', 'newest', 'deadline'] as const;

const run = z.strictObject({
  path: key(
    'Directory that is watched; runs may lie in it or below it. Globs such as /data/runs/* are allowed.',
    text,
    {
      example: '/data/output',
      isPath: true,
    },
  ),
  name: key('Name to show for the run found exactly there; null takes the name of the directory.', orNull(text)),
  model_type: key('What kind of model is trained; null when its files should tell.', orNull(z.enum(MODEL_TYPES))),
  stage: key('Stage of training; null when it should be told from the telemetry.', orNull(z.enum(STAGES))),
  resumed_from: key(
    'Run it goes on from and the last step they share; null when the logs should tell.',
    z
      .strictObject({
        run: key('Id or name of the earlier run.', text, { example: 'my-run' }),
        step: key('Last step they share.', z.int().min(0), { example: 12_000 }),
      })
      .nullable()
      .prefault(null),
  ),
  base: key('Base model that the run started from: a directory or a Hugging Face name.', orNull(text)),
  tokens_per_step: key(
    'Tokens in a step, when the run does not log them; null leaves tokens unknown.',
    orNull(z.number().positive()),
  ),
});

const token = z.strictObject({
  name: key('Who uses it; shown beside what they did.', text, { example: 'ci' }),
  token: key('The token.', secret, { example: 'env:LIBRA_CI_TOKEN', isSecret: true }),
  scopes: key(
    'What it allows.',
    z
      .array(z.enum(['read', 'act', 'admin']))
      .min(1)
      .prefault(['read']),
  ),
});

/** A bare number is a device too. */
const devices = z.array(z.union([text, z.int().min(0)], { error: 'a device such as cuda:0' }));

const isUrl = (name: string): boolean => /^(https?:\/\/|unix:)/.test(name);

export const configSchema = z.strictObject({
  runs: key('Directories to watch, beside those named on the command line.', z.array(run).prefault([])),
  tokens_per_step: key(
    'Tokens in a step for every run that does not log them; null leaves tokens unknown.',
    orNull(z.number().positive()),
  ),
  path_map: key(
    'Paths as the trainer writes them -> as this machine or a remote engine sees them.',
    z.record(text, text).prefault({}),
    {
      example: { '/workspace/output': '/data/output' },
    },
  ),
  data: key('Data directory; null is $XDG_DATA_HOME/libra or ~/.local/share/libra.', orNull(text), { isPath: true }),
  watch: section('How checkpoints are noticed.', {
    settle: key(
      'Quiet time before a checkpoint counts as complete; null is 0.5 s on a local disk and 5 s on a network one.',
      orNull(duration),
    ),
    abandon: key('Quiet time after which an incomplete checkpoint is given up.', duration.prefault('10m')),
    depth: key('How far below a watched directory a run may lie.', z.int().min(0).max(10).prefault(3)),
  }),
  pins: section('How checkpoints are kept from being deleted before they are evaluated.', {
    directory: key('Where to; null is a hidden directory beside the run, on its disk.', orNull(text), { isPath: true }),
    max_bytes: key('Most that pins may hold; null is limited by min_free alone.', orNull(bytes)),
    min_free: key('Space that is always left free: a size, or a share of the disk.', diskPart.prefault('10%')),
    when_unlinkable: key(
      "When a file cannot be hard-linked (another user's): copy it, lease (read it in place), or none.",
      z.enum(['copy', 'lease', 'none']).prefault('copy'),
    ),
  }),
  engine: section(
    'What computes the answers. The name or URL alone may stand for the section.',
    {
      name: key(
        'Engine to start for each checkpoint: embedded, vllm, or auto for the best that can run it here (see `libra doctor`).',
        text.prefault('auto'),
      ),
      url: key('A server that runs already, used instead of starting one.', orNull(z.url({ protocol: /^https?$/ }))),
      api_key: key('Key that the server asks for.', orNull(secret), { isSecret: true }),
      threads: key(
        'CPU threads of a started engine; null lets it decide, leaving a core to others.',
        orNull(z.int().positive()),
      ),
      niceness: key(
        'Priority of a started engine, 0 (as any program) to 19 (only what nobody else wants).',
        z.int().min(0).max(19).prefault(19),
      ),
      start_timeout: key('How long an engine may take to become ready.', duration.prefault('10m')),
      devices: key('Devices of this engine; null takes those named under `devices`.', orNull(devices), {
        example: ['cuda:1'],
      }),
      vllm: section('How vLLM is started, if it is.', {
        command: key('Its program; null looks for `vllm` on PATH, then for the module in python3.', orNull(text)),
        python: key('The Python it is installed in, used instead of `command`.', orNull(text), {
          example: '/opt/vllm/bin/python',
        }),
        args: key("Further arguments, after Libra's own; the last one wins.", names, {
          example: ['--max-num-batched-tokens=2048'],
        }),
        env: key('Further environment variables; not for secrets.', z.record(text, z.string()).prefault({}), {
          example: { VLLM_CPU_KVCACHE_SPACE: '8' },
        }),
        dtype: key(
          "What it computes in; null is float32 on a CPU and the checkpoint's own type on an accelerator.",
          orNull(z.enum(['auto', 'float32', 'float16', 'bfloat16'])),
        ),
        max_length: key("Longest sequence in tokens; null is the model's own.", orNull(z.int().positive())),
        gpu_memory_utilization: key(
          "Share of a device's memory it may take, as 0.5; null is vLLM's own default.",
          orNull(z.number().gt(0).max(1)),
        ),
      }),
    },
    { shorthand: (written) => (isUrl(written) ? { url: written } : { name: written }) },
  ),
  launcher: key('Where engines run.', z.enum(['local']).prefault('local')),
  devices: key(
    'Accelerators that engines may use, as cuda:0 or npu:1 (0 alone where one vendor is here); none is used that is not named.',
    devices.prefault([]),
    { example: ['cuda:1'] },
  ),
  strategy: section(
    'What is evaluated on a checkpoint. The name alone may stand for the section.',
    {
      name: key(
        'fixed asks the same docs every time, smoke a handful, staged what suits the stage of training, adaptive more of what looks worse.',
        z.enum(STRATEGY_NAMES).prefault('fixed'),
      ),
      docs_per_task: key('Docs of each task that every checkpoint answers, at most.', z.int().positive().prefault(300)),
      escalate_to: key(
        'staged and adaptive: docs of a task, at most, where the first ones look low; asked at once, of this checkpoint and of a few before it.',
        z.int().min(0).prefault(1500),
      ),
      anchor_every: key(
        'Every how many checkpoints adaptive asks the full set, and staged and adaptive ask all base docs of what tells little.',
        z.int().positive().prefault(20),
      ),
      chosen_docs: key(
        'Docs of each task that staged and adaptive add for what they tell at the present ability (item response theory), once some checkpoints answered further ones; 0 adds none.',
        z.int().min(0).prefault(0),
      ),
    },
    { shorthand: (written) => ({ name: written }) },
  ),
  backlog: section(
    'What becomes of waiting checkpoints when training is faster than evaluation. The name alone may stand for the section.',
    {
      name: key(
        'all evaluates every one, every one in so many, newest the newest first and the others when nothing else waits, deadline those that need not wait too long. The first, the last, stage borders and anchors always are.',
        z.enum(BACKLOG_NAMES).prefault('all'),
      ),
      every: key('every: one in so many checkpoints is evaluated.', z.int().min(2).prefault(2)),
      deadline: key('deadline: the longest a checkpoint may wait, or is expected to.', duration.prefault('1h')),
    },
    { shorthand: (written) => ({ name: written }) },
  ),
  ...TASK_SECTIONS,
  budget: section(
    'How much evaluation may cost; staged and adaptive keep to it, probes and what is under suspicion are asked all the same.',
    {
      seconds_per_checkpoint: key('Time for one checkpoint; null is no limit.', orNull(duration)),
      share: key('Share of the time between two checkpoints, as 25%; null is no limit.', orNull(share)),
    },
  ),
  references: key(
    'Checkpoints to compare with, as name -> directory or Hugging Face name: each is evaluated once, and every verdict stands beside it.',
    z.record(text, text).prefault({}),
    {
      example: { base: '/models/base' },
    },
  ),
  ...ALERT_SECTION,
  notifiers: key(
    'Channels, as name -> settings; naming any replaces the default one.',
    z.record(text, notifier).prefault({ terminal: { type: 'terminal' } }),
  ),
  server: section('The HTTP API.', {
    host: key('Address to listen on; any but loopback needs `tokens`.', text.prefault('127.0.0.1')),
    port: key('Port to listen on; 0 takes a free one.', z.int().min(0).max(65_535).prefault(7700)),
    public_url: key(
      'Address under which people reach it, for the links in messages (a proxy in front of it, say); null is the one it listens on.',
      orNull(z.url({ protocol: /^https?$/ })),
      { example: 'https://libra.example.com' },
    ),
    tokens: key('Who may use it; on loopback reading needs none.', z.array(token).prefault([])),
  }),
  retention: section('What is kept how long; scores, outcomes, verdicts and alerts always.', {
    events: key('Events, for clients that resume.', duration.prefault('7d')),
    deliveries: key('Messages that were sent.', duration.prefault('30d')),
    answers: key('What models answered, doc by doc; null keeps it.', orNull(duration)),
    responses: key(
      'Room for answers kept so that the same weights are asked nothing twice; those of the oldest go first, 0 keeps none.',
      bytes.prefault('256MB'),
    ),
  }),
  schedule: section('Work at set times, as cron lines in the time zone of this machine.', {
    full_suite: key('All docs of all tasks on the newest evaluated checkpoint of each run.', orNull(text), {
      example: '0 2 * * *',
    }),
    digest: key('A summary of the week to every notifier.', orNull(text), { example: '0 9 * * 1' }),
  }),
});

/** What the program works with: every default filled in, durations in milliseconds, sizes in bytes. */
export type Config = z.output<typeof configSchema>;

/** What a person writes: every key may be left out. */
export type ConfigInput = z.input<typeof configSchema>;

export type RunConfig = Config['runs'][number];
export type NotifierConfig = Config['notifiers'][string];
export type RouteConfig = Config['alerts']['routes'][number];
export type QuietHours = NonNullable<Config['alerts']['quiet_hours']>;
