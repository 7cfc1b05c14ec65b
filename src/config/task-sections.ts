/** The sections of libra.yaml that say what is asked, and how. */
import { z } from 'zod';
import { key, section } from './key.ts';
import { names, orNull, text } from './values.ts';

export const TASK_SECTIONS = {
  tasks: section('Which tasks there are.', {
    include_path: key('Directories with your own task YAML, in the format of lm-evaluation-harness.', names, {
      isPath: true,
    }),
    only: key('Names of the tasks to evaluate; empty is every task found.', names),
    data_path: key(
      'Directories in which data sets lie in folders of their names, as gsm8k or openai/gsm8k; the cache of the Hugging Face hub is looked into as well.',
      names,
      { isPath: true },
    ),
    download: key(
      'Fetch data sets that are not on this machine from the Hugging Face hub, or from the one that HF_ENDPOINT names.',
      z.boolean().prefault(false),
    ),
  }),
  prompting: section('How models are asked.', {
    apply_chat_template: key(
      "Whether everything is asked in the checkpoint's own chat template; auto does it for what a chat model generates, and nothing else.",
      z.union([z.literal('auto'), z.boolean(), text]).prefault('auto'),
    ),
    fewshot_as_multiturn: key(
      'Whether examples are turns of the conversation; null makes them that wherever there is one.',
      orNull(z.boolean()),
    ),
    system_instruction: key('Stands before everything that is asked.', orNull(text)),
  }),
  code_execution: key(
    'Tasks that run generated code (HumanEval) do it in a sandbox, or are left out with off; nothing runs outside of one.',
    z.enum(['sandbox', 'off']).prefault('sandbox'),
  ),
  capabilities: key(
    'Task (or a pattern such as my_*) -> the capabilities it measures, for tasks that do not say it; new ids extend the tree.',
    z.record(text, z.array(text).min(1)).prefault({}),
    { example: { 'our_contracts_*': ['comprehensive.domain.law'] } },
  ),
  robustness: section(
    'The same docs asked a little differently, to see how well answers stand it. It costs as many questions again for each perturbation.',
    {
      perturbations: key('Which perturbations (see `libra evaluate --help`); empty asks nothing twice.', names, {
        example: ['mild', 'option_order'],
      }),
      docs: key('Docs of each task that are asked so, the first of its fixed order.', z.int().positive().prefault(100)),
      seed: key('Another number changes the docs in another way, and begins new series.', z.int().min(0).prefault(1)),
    },
  ),
};
