/** `libra import RUN PATH`: evaluations that exist already, with their trends, verdicts and alerts. */
import type { Command } from 'commander';

export interface ImportFlags {
  readonly data?: string;
  readonly config?: string;
  readonly capability?: readonly string[];
  readonly dryRun?: true;
  readonly json?: true;
}

export function registerImport(program: Command): void {
  program
    .command('import')
    .description("bring in evaluations that exist already: lm-evaluation-harness's results, one folder a checkpoint")
    .argument('<run>', 'name of the run they belong to; it is made if there is none of that name')
    .argument('<path>', 'folder with results*.json (and samples_*.jsonl) at any depth, or one results file')
    .option('--data <dir>', 'data directory (default: $XDG_DATA_HOME/libra)')
    .option('--config <file>', 'configuration with thresholds and capabilities (default: libra.yaml here)')
    .option('--capability <task=a,b...>', 'labels of tasks (* allowed), such as my_math=basic.reasoning.math')
    .option('--dry-run', 'say what would be taken and what not, and touch nothing')
    .option('--json', 'print the same events as `libra watch` as JSON on stdout, one a line')
    .addHelpText(
      'after',
      `
The step of a checkpoint is read off its folder (checkpoint-1200, step_1200, iter_0001200, ...), else off the model its
results name. Checkpoints are judged in the order of their steps, as if they had been watched; alerts are kept and
printed, but nobody is written to. Import again after more was evaluated: what is there already stays as it is.

Example:
  $ libra import my-run evals/my-run --dry-run
  $ libra import my-run evals/my-run
`,
    )
    .action(async (run: string, path: string, flags: ImportFlags) => {
      const { runImport } = await import('../import/run-import.ts');
      process.exitCode = await runImport(run, path, flags, { out: process.stdout, err: process.stderr });
    });
}
