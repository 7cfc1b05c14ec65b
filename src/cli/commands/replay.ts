/** `libra replay`: plays a recorded run into a directory, as the demo and the tests do. */
import { type Command, InvalidArgumentError } from 'commander';

export function registerReplay(program: Command): void {
  program
    .command('replay', { hidden: true })
    .description(
      'write a recorded training run into a directory as its trainer did: slowly, file by file, with rotation',
    )
    .argument('<source>', 'recorded run (a directory of checkpoint-N)')
    .argument('<target>', 'directory to write into')
    .option('--interval <seconds>', 'from one save to the next', seconds, 4)
    .option('--save <seconds>', 'how long one save takes', seconds, 1)
    .option('--keep <count>', 'save_total_limit; 0 keeps all', seconds, 2)
    .action(async (source: string, target: string, options: { interval: number; save: number; keep: number }) => {
      const { replayRun } = await import('../demo/replay-run.ts');
      const { systemClock } = await import('../../system/clock.ts');
      await replayRun({
        source,
        target,
        intervalMs: options.interval * 1000,
        saveMs: options.save * 1000,
        keep: options.keep === 0 ? null : options.keep,
        clock: systemClock,
        onSaved: ({ step, path }) => process.stdout.write(`${JSON.stringify({ saved: path, step })}\n`),
      });
    });
}

function seconds(text: string): number {
  const value = Number(text);
  if (!Number.isFinite(value) || value < 0) throw new InvalidArgumentError('expected a number of 0 or more');
  return value;
}
