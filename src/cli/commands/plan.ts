/** `libra plan CHECKPOINT`: what is asked of a checkpoint, and why. */
import type { Command } from 'commander';

interface PlanOptions {
  readonly config?: string;
  readonly data?: string;
  readonly strategy?: string;
  readonly tasks?: string;
  readonly includePath?: readonly string[];
  readonly dataPath?: readonly string[];
  readonly json?: true;
}

export function registerPlan(program: Command): void {
  program
    .command('plan')
    .description('what is asked of a checkpoint, why, what it should cost and could change, and what is left out')
    .argument('<checkpoint>', 'id of a checkpoint, RUN@STEP, a run (its newest), or a directory with a model')
    .option('--config <file>', 'configuration (default: libra.yaml here, if there is one)')
    .option('--data <dir>', 'data directory of the daemon (default: $XDG_DATA_HOME/libra)')
    .option('--strategy <name>', 'plan anew, with fixed, smoke, staged or adaptive')
    .option('--tasks <a,b>', 'plan anew, with these tasks')
    .option('--include-path <dir...>', 'plan anew, with directories of task YAML')
    .option('--data-path <dir...>', 'directories with data sets in folders of their names')
    .option('--json', 'print what GET /api/v1/plans/{id} answers')
    .addHelpText(
      'after',
      '\nExample:\n  $ libra plan my-run@1200\n  $ libra plan output/my-run/checkpoint-1200 --strategy adaptive --include-path tasks\n',
    )
    .action(async (checkpoint: string, options: PlanOptions) => {
      const { showPlan } = await import('../plan/show-plan.ts');
      const tasks = options.tasks
        ?.split(',')
        .map((name) => name.trim())
        .filter(Boolean);
      await showPlan(checkpoint, { ...options, tasks }, { out: process.stdout, err: process.stderr });
    });
}
