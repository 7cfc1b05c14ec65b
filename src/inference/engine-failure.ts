/** Why an engine failed, told by its log and its exit: one code, one sentence, one hint for each cause. Pure. */
import { ERROR_CODES, type ErrorCode, LibraError } from '../domain/errors.ts';
import type { ProcessExit } from '../system/process.ts';

export interface EngineFailure {
  readonly engine: string;
  readonly checkpoint: string;
  /** `model_type` of the checkpoint, to name it. */
  readonly modelType: string | null;
  /** Starting, or later while it answered requests. */
  readonly phase: 'starting' | 'answering';
  /** Null while it still runs. */
  readonly exit: ProcessExit | null;
  readonly lastLines: readonly string[];
  /** What happened if it did not end: `took longer than 600 s to start`. */
  readonly what?: string;
}

interface Cause {
  readonly pattern: RegExp;
  readonly code: ErrorCode;
  readonly says: string;
  readonly hint: string;
}

/** The order matters: the first that matches wins. Lines of vLLM, SGLang, llama.cpp, PyTorch and our own engine. */
const CAUSES: readonly Cause[] = [
  {
    pattern: /Free memory on device .* less than desired GPU memory utilization/i,
    code: 'LIBRA_MEMORY_SHORT',
    says: 'the device is occupied by something else, probably the training itself',
    hint: 'Give the engine another device, or evaluate on the CPU with --engine embedded.',
  },
  {
    pattern:
      /No available memory for the cache blocks|KV cache is needed, which is larger|kv_cache_memory|KVCACHE_SPACE/i,
    code: 'LIBRA_MEMORY_SHORT',
    says: 'no memory was left for keys and values',
    hint: 'Lower engine.vllm.max_length, or give the engine more memory (gpu_memory_utilization, or VLLM_CPU_KVCACHE_SPACE in engine.vllm.env).',
  },
  {
    pattern:
      /out of memory|OutOfMemoryError|Fatal process OOM|failed to allocate|Not enough memory|bad_alloc|Cannot allocate memory|needs about .* of memory|LIBRA_MEMORY_SHORT/i,
    code: 'LIBRA_MEMORY_SHORT',
    says: 'the memory did not suffice',
    hint: 'Free memory, use a machine or device with more of it, or pass --engine http://host:port of a server elsewhere.',
  },
  {
    pattern:
      /Model architectures .* not supported|not supported in-tree anymore|unknown model architecture|does not recognize this architecture|Unsupported CPU attention|head_?(?:size|dim)\S* .*not supported|No valid attention backend|embedded engine (?:cannot run|has no|reads fp32)|LIBRA_ARCHITECTURE_UNSUPPORTED/i,
    code: 'LIBRA_ARCHITECTURE_UNSUPPORTED',
    says: 'it cannot run this architecture',
    hint: 'Serve this checkpoint with an engine that can (vLLM or SGLang, say) and pass --engine http://host:port.',
  },
  {
    pattern:
      /SafetensorError|HeaderTooLarge|IncompleteBuffer|size mismatch for|invalid magic|LIBRA_CHECKPOINT_INVALID|save the (?:checkpoint|tokenizer)|has finished writing it|Name a Hugging Face checkpoint|config\.json has/i,
    code: 'LIBRA_CHECKPOINT_INVALID',
    says: 'the files of the checkpoint are damaged or incomplete',
    hint: 'Look whether the trainer wrote it to its end; later checkpoints are evaluated all the same.',
  },
  {
    pattern: /address already in use|EADDRINUSE|couldn't bind/i,
    code: 'LIBRA_PORT_IN_USE',
    says: 'its port is taken',
    hint: 'Find out who listens there, or give the engine another port.',
  },
  {
    pattern: /User-specified max_model_len/i,
    code: 'LIBRA_ENGINE_NOT_READY',
    says: 'the maximum length it was given is more than the model has',
    hint: 'Lower engine.vllm.max_length, or leave it out.',
  },
  {
    pattern: /set the option `trust_remote_code|contains custom code which must be executed/i,
    code: 'LIBRA_ARCHITECTURE_UNSUPPORTED',
    says: "it would have to run code that lies in the checkpoint's directory",
    hint: 'Libra does not run code of a checkpoint; where you trust it, add --trust-remote-code to engine.vllm.args.',
  },
  {
    pattern: /unrecognized arguments|error: argument |unknown option|validation errors? for/i,
    code: 'LIBRA_ENGINE_NOT_READY',
    says: 'it did not accept its configuration',
    hint: 'Check the version of the engine and the settings it was given.',
  },
  {
    pattern: /ModuleNotFoundError|PackageNotFoundError|No module named|ImportError:|cannot open shared object file/i,
    code: 'LIBRA_ENGINE_NOT_READY',
    says: 'its installation is incomplete',
    hint: 'Install the engine again into an environment of its own, and name its Python as engine.vllm.python.',
  },
  {
    pattern: /EngineDeadError|Engine ?core .*(?:died|failed)|worker .*died/i,
    code: 'LIBRA_ENGINE_FAILED',
    says: 'one of its own processes ended',
    hint: 'If nobody ended it, the system did for lack of memory: see the kernel log. It is started again for the next try.',
  },
];

/** vLLM writes its whole configuration at its start and again when it dies: words in there mean nothing. */
const CHATTER = /\b(?:INFO|DEBUG) \d\d-\d\d |Dumping (?:input data|scheduler)|Initializing a V\d LLM engine/;

/** Lines a person needs to see; the whole tail is in the error's cause. */
const SHOWN = 6;
/** What a Python program says last of what went wrong; what follows it is the cleaning up. */
const TELLING = /^(?:[\w.]*(?:Error|Exception)|.*\berror): \S|^Value error, /;
/** Some list everything they could have done instead. */
const LONGEST = 240;

/** The ends of tracebacks where there are any, each once and without the marks of its process; else the last lines. */
function tellingLines(lines: readonly string[]): string[] {
  const bare = lines.map((line) =>
    line.replace(/^\([\w ]+ pid=\d+\) (?:[A-Z]+ [\d-]+ [\d:]+ \[[^\]]*\] ?)?/, '').trim(),
  );
  const telling = [...new Set(bare.filter((line) => TELLING.test(line)))];
  const shown = telling.length > 0 ? telling.slice(-3) : lines.slice(-SHOWN);
  return shown.map((line) => (line.length > LONGEST ? `${line.slice(0, LONGEST)}...` : line));
}

export function explainFailure(failure: EngineFailure): LibraError {
  const log = failure.lastLines.join('\n');
  const complaints = failure.lastLines.filter((line) => !CHATTER.test(line)).join('\n');
  const cause =
    failure.phase === 'starting' || failure.exit !== null
      ? CAUSES.find((one) => one.pattern.test(complaints))
      : undefined;
  const told = toldByItself(failure.lastLines);
  const code =
    told?.code ?? cause?.code ?? (failure.phase === 'starting' ? 'LIBRA_ENGINE_NOT_READY' : 'LIBRA_ENGINE_FAILED');
  const who = `the ${failure.engine} engine for ${failure.checkpoint}`;
  const model =
    code === 'LIBRA_ARCHITECTURE_UNSUPPORTED' && failure.modelType ? ` (model_type "${failure.modelType}")` : '';
  const happened = failure.what ?? endedHow(failure.exit, failure.phase);
  const why = told?.message ?? (cause && cause.says + model);
  const lines = tellingLines(failure.lastLines);
  const tail =
    told !== null || lines.length === 0 ? '' : `; its last lines: ${lines.map((line) => line.trim()).join(' | ')}`;
  return new LibraError(code, `${who} ${happened}${why ? `: ${why}` : ''}${tail}`, {
    hint: told?.hint ?? cause?.hint ?? hintFor(failure),
    cause: new Error(log === '' ? 'it wrote nothing' : log),
  });
}

function endedHow(exit: ProcessExit | null, phase: EngineFailure['phase']): string {
  const when = phase === 'starting' ? 'while it was starting' : 'in the middle of its work';
  if (exit === null) return `stopped answering ${when}`;
  if (exit.signal !== null) return `was ended by ${exit.signal} ${when}`;
  return `ended with code ${exit.code} ${when}`;
}

function hintFor(failure: EngineFailure): string {
  if (failure.exit?.signal === 'SIGKILL' || failure.exit?.code === 137) {
    return 'If nobody ended it, the system did for lack of memory: see the kernel log, and give it more memory or another machine.';
  }
  return failure.phase === 'starting'
    ? 'See its log; `libra serve CHECKPOINT` shows the same start by hand.'
    : 'It is started again for the next try; if that goes on, look at its log.';
}

interface Told {
  readonly code: ErrorCode | null;
  readonly message: string;
  readonly hint: string;
}

/** Our own engine says what happened and what to do, as every command of ours does. */
function toldByItself(lines: readonly string[]): Told | null {
  const at = lines.findLastIndex((line) => /^\W*error:\s/.test(plain(line)));
  const hint = plain(lines[at + 1] ?? '');
  if (at < 0 || !/^hint:\s/.test(hint)) return null;
  const message = plain(lines[at]!)
    .replace(/^\W*error:\s+/, '')
    .replace(/\.$/, '');
  const named = /LIBRA_[A-Z_]+/.exec(lines.slice(at).join('\n'))?.[0];
  const code = named !== undefined && named in ERROR_CODES ? (named as ErrorCode) : null;
  return { code, message, hint: hint.replace(/^hint:\s+/, '') };
}

/** Without terminal colours. */
function plain(line: string): string {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: an escape sequence starts with one
  return line.replace(/\u001b\[[0-9;]*m/g, '');
}
