/** `libra doctor`: what is found on this machine, what it means, and what to do. */
import type { Command } from 'commander';

const HELP = `
Exits 1 if something keeps Libra from working here, else 0. Writes nothing into the directories named.

Example:
  $ libra doctor output/my-run
  $ libra doctor --config libra.yaml --json`;

export function registerDoctor(program: Command): void {
  program
    .command('doctor')
    .description('look at this machine: engines, devices, limits, file systems, disks, ports, configuration')
    .argument('[dir...]', 'training output directories to look at as well')
    .option('--config <file>', 'configuration (default: libra.yaml here, if there is one)')
    .option('--data <dir>', 'data directory (default: $XDG_DATA_HOME/libra)')
    .option('--engine <name|url>', 'engine that would be used')
    .option('--port <port>', 'port that would be used')
    .option('--json', 'print {ok, findings: [{name, level, found, hint}]}')
    .addHelpText('after', HELP)
    .action(async (directories: string[], options: DoctorOptions) => {
      const { doctor } = await import('../doctor/doctor.ts');
      process.exitCode = await doctor(directories, options, process.stdout);
    });
}

export interface DoctorOptions {
  readonly config?: string;
  readonly data?: string;
  readonly engine?: string;
  readonly port?: string;
  readonly json?: true;
}
