/** `libra compare A B`: two checkpoints side by side, doc by doc. */
import type { Command } from 'commander';
import { wholeNumber } from '../whole-number.ts';

export interface CompareFlags {
  readonly data?: string;
  readonly flips: number;
  readonly json?: true;
}

export function registerCompare(program: Command): void {
  program
    .command('compare')
    .description('compare two checkpoints doc by doc: what rose, what fell, and which docs flipped')
    .argument('<a>', 'id of a checkpoint, RUN@STEP, a run (its newest), or a folder of lm-evaluation-harness results')
    .argument('<b>', 'the same; differences are b - a')
    .option('--flips <n>', 'docs shown of each task that changed, in each direction', wholeNumber(0), 3)
    .option('--data <dir>', 'data directory of the daemon (default: $XDG_DATA_HOME/libra)')
    .option('--json', 'print what GET /api/v1/compare answers')
    .addHelpText(
      'after',
      '\nExample:\n  $ libra compare my-run@1000 my-run@1200\n  $ libra compare evals/checkpoint-1000 evals/checkpoint-1200 --flips 5\n',
    )
    .action(async (a: string, b: string, flags: CompareFlags) => {
      const { runCompare } = await import('../compare/run-compare.ts');
      await runCompare(a, b, flags, process.stdout);
    });
}
