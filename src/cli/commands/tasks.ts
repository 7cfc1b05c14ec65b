/** `libra tasks`: what can be evaluated, and what a model would see of it. */
import type { Command } from 'commander';

export interface TasksFlags {
  readonly includePath?: readonly string[];
  readonly dataPath?: readonly string[];
  readonly download?: true;
  readonly json?: true;
}

export interface ListFlags extends TasksFlags {
  readonly capability?: string;
  readonly kind?: string;
}

export function registerTasks(program: Command): void {
  const tasks = program
    .command('tasks')
    .description('the task library: list, show, health, validate')
    .addHelpText('after', '\nExample:\n  $ libra tasks list --data-path ~/datasets\n');
  tasks
    .command('list')
    .description('list the tasks and groups found, and what is not available and why')
    .argument('[pattern]', 'only names like it, such as mmlu_*')
    .option('--capability <id>', 'only tasks of this capability or one below it, such as basic.reasoning')
    .option('--kind <kind>', 'only tasks of this kind, such as choice_qa.zh')
    .option('--include-path <dir...>', 'directories of task YAML, as lm-evaluation-harness has it')
    .option('--data-path <dir...>', 'directories with data sets in folders of their names')
    .option('--download', 'fetch data sets that are not here from the Hugging Face hub, or from HF_ENDPOINT')
    .option('--json', 'print one JSON object')
    .addHelpText('after', '\nExample:\n  $ libra tasks list --data-path ~/datasets\n')
    .action(async (pattern: string | undefined, flags: ListFlags) => {
      const { listTasks } = await import('../tasks/list-tasks.ts');
      await listTasks(flags, process.stdout, pattern);
    });
  tasks
    .command('show')
    .description('show one task: docs, metrics, capabilities, and a doc as the model sees it')
    .argument('<task>', 'name of a task, group or tag')
    .option('--include-path <dir...>', 'directories of task YAML, as lm-evaluation-harness has it')
    .option('--data-path <dir...>', 'directories with data sets in folders of their names')
    .option('--download', 'fetch data sets that are not here from the Hugging Face hub, or from HF_ENDPOINT')
    .option('--json', 'print one JSON object')
    .addHelpText('after', '\nExample:\n  $ libra tasks show gsm8k --data-path ~/datasets\n')
    .action(async (task: string, flags: TasksFlags) => {
      const { showTask } = await import('../tasks/show-task.ts');
      await showTask(task, flags, process.stdout);
    });
  tasks
    .command('health')
    .description('what the docs of a benchmark alone say against it: few docs, near copies, right answers at one place')
    .argument('[tasks...]', 'names of tasks, groups, tags or patterns; all that are found by default')
    .option('--include-path <dir...>', 'directories of task YAML, as lm-evaluation-harness has it')
    .option('--data-path <dir...>', 'directories with data sets in folders of their names')
    .option('--download', 'fetch data sets that are not here from the Hugging Face hub, or from HF_ENDPOINT')
    .option('--json', 'print one JSON object')
    .addHelpText('after', '\nExample:\n  $ libra tasks health gsm8k bbh --data-path ~/datasets\n')
    .action(async (names: string[], flags: TasksFlags) => {
      const { showHealth } = await import('../tasks/show-health.ts');
      await showHealth(names, flags, process.stdout);
    });
  tasks
    .command('validate')
    .description('check task files and render the first doc of each, so that you see what the model sees')
    .argument('<files...>', 'task YAML')
    .option('--data-path <dir...>', 'directories with data sets in folders of their names')
    .option('--download', 'fetch data sets that are not here from the Hugging Face hub, or from HF_ENDPOINT')
    .option('--json', 'print one JSON object')
    .addHelpText('after', '\nExample:\n  $ libra tasks validate tasks/my_task.yaml\n')
    .action(async (files: string[], flags: TasksFlags) => {
      const { validateFiles } = await import('../tasks/show-task.ts');
      process.exitCode = await validateFiles(files, flags, process.stdout);
    });
}
