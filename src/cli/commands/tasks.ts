/** `libra tasks`: what can be evaluated, and what a model would see of it. */
import type { Command } from 'commander';

export interface TasksFlags {
  readonly includePath?: readonly string[];
  readonly dataPath?: readonly string[];
  readonly json?: true;
}

export function registerTasks(program: Command): void {
  const tasks = program
    .command('tasks')
    .description('the task library: list, show, validate')
    .addHelpText('after', '\nExample:\n  $ libra tasks list --data-path ~/datasets\n');
  tasks
    .command('list')
    .description('list the tasks of the library, or of your directories, and those that cannot run, with the reason')
    .option('--include-path <dir...>', 'directories of task YAML, as lm-evaluation-harness has it')
    .option('--data-path <dir...>', 'directories with data sets in folders of their names')
    .option('--json', 'print one JSON object')
    .addHelpText('after', '\nExample:\n  $ libra tasks list --data-path ~/datasets\n')
    .action(async (flags: TasksFlags) => {
      const { listTasks } = await import('../tasks/list-tasks.ts');
      await listTasks(flags, process.stdout);
    });
  tasks
    .command('show')
    .description('show one task: docs, metrics, capabilities, and a doc as the model sees it')
    .argument('<task>', 'name of a task, group or tag')
    .option('--include-path <dir...>', 'directories of task YAML, as lm-evaluation-harness has it')
    .option('--data-path <dir...>', 'directories with data sets in folders of their names')
    .option('--json', 'print one JSON object')
    .addHelpText('after', '\nExample:\n  $ libra tasks show gsm8k --data-path ~/datasets\n')
    .action(async (task: string, flags: TasksFlags) => {
      const { showTask } = await import('../tasks/show-task.ts');
      await showTask(task, flags, process.stdout);
    });
  tasks
    .command('validate')
    .description('check one task file and render its first doc, so that you see what the model sees')
    .argument('<file>', 'a task YAML')
    .option('--data-path <dir...>', 'directories with data sets in folders of their names')
    .option('--json', 'print one JSON object')
    .addHelpText('after', '\nExample:\n  $ libra tasks validate tasks/my_task.yaml\n')
    .action(async (file: string, flags: TasksFlags) => {
      const { validateFile } = await import('../tasks/show-task.ts');
      await validateFile(file, flags, process.stdout);
    });
}
