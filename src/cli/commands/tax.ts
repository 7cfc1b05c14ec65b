/** `libra tax RUN`: what tuning gave and took against the base model. */
import type { Command } from 'commander';

export interface TaxOptions {
  readonly checkpoint?: string;
  readonly tasks?: true;
  readonly data?: string;
  readonly json?: true;
}

export function registerTax(program: Command): void {
  program
    .command('tax')
    .alias('alignment-tax')
    .description('show what tuning raised and lowered against the base model, capability by capability')
    .argument('<run>', 'id, name or directory of the run; it names its `base:` in libra.yaml, or is an adapter')
    .option('--checkpoint <id>', 'this checkpoint of the run (default: the newest evaluated one)')
    .option('--tasks', 'show the tasks too, not only the capabilities')
    .option('--data <dir>', 'data directory of the daemon (default: $XDG_DATA_HOME/libra)')
    .option('--json', 'print what GET /api/v1/runs/{run}/alignment-tax answers')
    .addHelpText('after', '\nExample:\n  $ libra tax my-sft-run --tasks\n')
    .action(async (run: string, options: TaxOptions) => {
      const { showTax } = await import('../tax/show-tax.ts');
      showTax(run, options, process.stdout);
    });
}
