/** `libra serve CHECKPOINT`: the embedded engine alone. */
import type { Command } from 'commander';
import { InvalidArgumentError } from 'commander';
import { resolveSecret } from '../../config/secrets.ts';
import { LibraError } from '../../domain/errors.ts';
import { describeReady } from '../serve/describe-ready.ts';

const HELP = `
Prints where it listens and how to try it; a script gets one JSON line instead: {"ready":true,"url":"http://127.0.0.1:PORT","model":"NAME",...}

Examples:
  $ libra serve runs/pretrain/checkpoint-2000 --port 8000
  $ curl http://127.0.0.1:8000/v1/completions -H 'content-type: application/json' \\
      -d '{"prompt": "The capital of France is", "max_tokens": 8, "temperature": 0}'
  $ LIBRA_ENGINE_KEY=... libra serve runs/pretrain/checkpoint-2000 --host 0.0.0.0 --port 8000
  $ lm_eval --model local-completions --tasks hellaswag \\
      --model_args base_url=http://127.0.0.1:8000/v1/completions,model=checkpoint-2000,tokenizer_backend=remote,max_length=2048

Paths: /v1/completions /v1/chat/completions /v1/models /v1/score /tokenize /detokenize /tokenizer_info /health`;

interface Flags {
  readonly socket?: string;
  readonly host: string;
  readonly port: number;
  readonly apiKey?: string;
  readonly servedModelName?: string;
  readonly fingerprint?: string;
  readonly threads?: number;
  readonly maxModelLen?: number;
  readonly baseModel?: string;
  readonly workDir?: string;
  readonly nice: number;
  readonly parentPid?: number;
  readonly exitWithStdin?: boolean;
}

export function registerServe(program: Command): void {
  program
    .command('serve')
    .argument('<checkpoint>', 'directory with config.json, the weights and tokenizer.json, or a LoRA adapter of PEFT')
    .description('serve one checkpoint with the embedded engine (OpenAI-compatible, no GPU, no Python)')
    .option('--socket <path>', 'listen on a Unix socket instead of a port')
    .option('--host <address>', "address to listen on; any but this machine's own asks for a key", '127.0.0.1')
    .option('--port <number>', 'port; 0 takes a free one', wholeNumber(0, 65_535), 0)
    .option(
      '--api-key <env:NAME|file:PATH>',
      'where the key is that clients must send as "Authorization: Bearer KEY" (default: LIBRA_ENGINE_KEY, if it is set)',
    )
    .option('--served-model-name <name>', "model id (default: the directory's name)")
    .option('--fingerprint <text>', 'fingerprint of the checkpoint, told in /v1/models')
    .option(
      '--threads <number>',
      'compute threads (default: 1 for small models, else all processors)',
      wholeNumber(1, 1024),
    )
    .option('--max-model-len <tokens>', "longest sequence (default: the model's own)", wholeNumber(2, 1e7))
    .option('--base-model <dir|name>', 'base of an adapter (default: the one its adapter_config.json names)')
    .option('--work-dir <path>', 'where the graph is written beside links to the weights while loading')
    .option('--nice <number>', 'scheduling priority, 0 (normal) to 19 (stands back most)', wholeNumber(0, 19), 0)
    .option('--parent-pid <pid>', 'exit when this process is gone', wholeNumber(1, 2 ** 31))
    .option('--exit-with-stdin', 'exit when standard input is closed')
    .addHelpText('after', HELP)
    .action(serve);
}

async function serve(checkpoint: string, flags: Flags): Promise<void> {
  const { serveCheckpoint } = await import('../../embedded/serve.ts');
  const ready = await serveCheckpoint(checkpoint, {
    socket: flags.socket ?? null,
    host: flags.host,
    port: flags.port,
    apiKey: apiKeyOf(flags.apiKey),
    servedModelName: flags.servedModelName ?? null,
    fingerprint: flags.fingerprint ?? null,
    threads: flags.threads ?? null,
    maxModelLen: flags.maxModelLen ?? null,
    baseModel: flags.baseModel ?? null,
    workDir: flags.workDir ?? null,
    nice: flags.nice,
    parentPid: flags.parentPid ?? null,
    exitWithStdin: flags.exitWithStdin ?? false,
  });
  process.stdout.write(process.stdout.isTTY ? describeReady(ready) : `${JSON.stringify(ready)}\n`);
}

/** A key on the command line would be in the process list for everyone on the machine to read. */
function apiKeyOf(reference: string | undefined): string | null {
  if (reference === undefined) return process.env.LIBRA_ENGINE_KEY || null;
  if (/^(env|file):/.test(reference)) return resolveSecret(reference, '--api-key', process.env);
  throw new LibraError('LIBRA_USAGE', 'a key on the command line can be read by everyone on this machine', {
    hint: 'Set LIBRA_ENGINE_KEY, or name a file with --api-key file:/path.',
  });
}

function wholeNumber(min: number, max: number): (text: string) => number {
  return (text) => {
    const value = Number(text);
    if (text.trim() !== '' && Number.isInteger(value) && value >= min && value <= max) return value;
    throw new InvalidArgumentError(`It must be a whole number from ${min} to ${max}.`);
  };
}
