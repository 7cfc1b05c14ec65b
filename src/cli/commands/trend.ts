/** `libra trend RUN`: how its capabilities moved, in the terminal. */
import type { Command } from 'commander';

export interface TrendOptions {
  readonly capability?: string;
  readonly task?: string;
  readonly metric?: string;
  readonly against?: readonly string[];
  readonly data?: string;
  readonly json?: true;
}

export function registerTrend(program: Command): void {
  program
    .command('trend')
    .description('show how the capabilities of a run moved over its checkpoints')
    .argument('<run>', 'id, name or directory of the run')
    .option('--capability <id>', 'this node of the capability tree and what lies below it (default: the whole)')
    .option('--task <name>', 'this task only')
    .option('--metric <id>', 'this metric only')
    .option(
      '--against <run...>',
      'hold other runs against this one: at equal tokens (or steps), on the whole way, to a level',
    )
    .option('--data <dir>', 'data directory of the daemon (default: $XDG_DATA_HOME/libra)')
    .option(
      '--json',
      'print what GET /api/v1/runs/{run}/trends answers, with --against what GET /api/v1/experiments does',
    )
    .addHelpText(
      'after',
      '\nExample:\n  $ libra trend my-run --capability basic.reasoning\n  $ libra trend my-run --against other-run\n',
    )
    .action(async (run: string, options: TrendOptions) => {
      const { showTrend } = await import('../trend/show-trend.ts');
      showTrend(run, options, process.stdout);
    });
}
