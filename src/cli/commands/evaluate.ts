/** `libra evaluate CHECKPOINT`: one evaluation, without a daemon. */
import { type Command, InvalidArgumentError } from 'commander';

export interface EvaluateFlags {
  readonly tasks?: readonly string[];
  readonly includePath?: readonly string[];
  readonly dataPath?: readonly string[];
  readonly limit?: number;
  readonly numFewshot?: number;
  readonly engine?: string;
  readonly baseModel?: string;
  readonly against?: string;
  readonly config?: string;
  readonly output?: string;
  readonly cache?: string;
  readonly explain?: true;
  readonly json?: true;
}

export function registerEvaluate(program: Command): void {
  program
    .command('evaluate')
    .description('evaluate one checkpoint and show its scores')
    .argument('<checkpoint>', 'directory with config.json, the weights and tokenizer.json, or a LoRA adapter of PEFT')
    .option(
      '--tasks <a,b>',
      'tasks, groups, tags or patterns with *, of your own and of the library (default: all your own; without any, the starter docs)',
      names,
    )
    .option('--include-path <dir...>', 'directories of task YAML, as lm-evaluation-harness has it')
    .option('--data-path <dir...>', 'directories with data sets in folders of their names')
    .option('--limit <n>', 'docs of each task, the first of its fixed random order (default: all)', wholeNumber(1))
    .option('--num-fewshot <k>', 'examples before each doc, except where a task insists on none', wholeNumber(0))
    .option('--engine <name|url>', 'engine, or the URL of a server that runs already (default: auto)')
    .option('--base-model <dir|name>', 'base of an adapter (default: the one its adapter_config.json names)')
    .option('--against <dir>', 'evaluate this base model too and show what tuning raised and lowered')
    .option('--config <file>', 'configuration of the engine (default: libra.yaml here, if there is one)')
    .option('--output <dir>', "write results.json and samples_<task>.jsonl in lm-evaluation-harness's schema")
    .option('--cache <dir>', 'keep answers there and ask the same weights nothing twice (off by default)')
    .option('--explain', 'show how each mean is made: members, weights, docs')
    .option('--json', 'print one JSON object')
    .addHelpText(
      'after',
      '\nExample:\n  $ libra evaluate output/my-run/checkpoint-2000 --tasks gsm8k,cmmlu --data-path ~/datasets --limit 200\n',
    )
    .action(async (checkpoint: string, flags: EvaluateFlags) => {
      const { runEvaluate } = await import('../evaluate/run-evaluate.ts');
      process.exitCode = await runEvaluate(checkpoint, flags);
    });
}

function names(text: string): string[] {
  const listed = text
    .split(',')
    .map((name) => name.trim())
    .filter(Boolean);
  if (listed.length > 0) return listed;
  throw new InvalidArgumentError('expected names divided by commas.');
}

function wholeNumber(least: number): (text: string) => number {
  return (text) => {
    const value = Number(text);
    if (/^\d+$/.test(text.trim()) && value >= least) return value;
    throw new InvalidArgumentError(`expected a whole number of at least ${least}.`);
  };
}
