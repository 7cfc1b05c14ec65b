/** `libra evaluate CHECKPOINT`: one evaluation, without a daemon. */
import { type Command, InvalidArgumentError, Option } from 'commander';
import { MODEL_TYPES, type ModelType } from '../../domain/model-type.ts';
import { wholeNumber } from '../whole-number.ts';

export interface EvaluateFlags {
  readonly tasks?: readonly string[];
  readonly includePath?: readonly string[];
  readonly dataPath?: readonly string[];
  readonly download?: true;
  readonly limit?: number;
  readonly numFewshot?: number;
  readonly perturb?: readonly string[];
  readonly perturbDocs?: number;
  readonly modelType?: ModelType;
  readonly applyChatTemplate?: boolean | string;
  readonly fewshotAsMultiturn?: boolean;
  readonly systemInstruction?: string;
  readonly engine?: string;
  readonly baseModel?: string;
  readonly against?: string;
  readonly config?: string;
  readonly output?: string;
  readonly cache?: string;
  readonly code?: 'sandbox' | 'off';
  readonly explain?: true;
  readonly families?: true;
  readonly json?: true;
}

/** Written out here, so that help needs no evaluation to be loaded. */
const PERTURBATION_HELP = `
Perturbations:
  English: mild_mix (HELM's: the next four together), lower_case, contract, misspellings, extra_spaces; contractions, typos
  Chinese: mild_mix_zh (CLEVA's: the next two together), synonyms, pinyin_typos; full_width, traditional, simplified
  any:     mild (mild_mix or mild_mix_zh, by the language of each doc), option_order, paraphrase
`;

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
    .option('--download', 'fetch data sets that are not here from the Hugging Face hub, or from HF_ENDPOINT')
    .option('--limit <n>', 'docs of each task, the first of its fixed random order (default: all)', wholeNumber(1))
    .option('--num-fewshot <k>', 'examples before each doc, except where a task insists on none', wholeNumber(0))
    .option('--perturb <a,b>', 'ask docs under perturbations too, as mild,option_order (see below)', names)
    .option('--perturb-docs <n>', 'docs of each task asked so (default: 100)', wholeNumber(1))
    .addOption(
      new Option('--model-type <type>', 'what kind of model it is (default: its files tell)').choices(MODEL_TYPES),
    )
    .option(
      '--apply-chat-template [name]',
      "ask everything in the checkpoint's own chat template (default: what a chat model generates, and nothing else)",
    )
    .option('--no-apply-chat-template', 'ask everything as plain text')
    .option('--fewshot-as-multiturn', 'examples are turns of the conversation, not one long question')
    .option('--system-instruction <text>', 'stands before everything that is asked')
    .option('--engine <name|url>', 'engine, or the URL of a server that runs already (default: auto)')
    .option('--base-model <dir|name>', 'base of an adapter (default: the one its adapter_config.json names)')
    .option('--against <dir>', 'evaluate this base model too and show what tuning raised and lowered')
    .option('--config <file>', 'configuration of the engine (default: libra.yaml here, if there is one)')
    .addOption(
      new Option(
        '--code <where>',
        'tasks that run generated code: in a sandbox, or left out (default: as configured)',
      ).choices(['sandbox', 'off']),
    )
    .option('--output <dir>', "write results.json and samples_<task>.jsonl in lm-evaluation-harness's schema")
    .option('--cache <dir>', 'keep answers there and ask the same weights nothing twice (off by default)')
    .option('--explain', 'show how each mean is made: members, weights, docs')
    .option('--families', 'show every figure of uncertainty, probes and efficiency, not only those that say most')
    .option('--json', 'print one JSON object')
    .addHelpText('after', PERTURBATION_HELP)
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
