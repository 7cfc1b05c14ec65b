/** `libra report RUN`: a page to send round. */
import { type Command, Option } from 'commander';

export interface ReportOptions {
  readonly output?: string;
  readonly format?: 'html' | 'markdown';
  readonly lang?: 'en' | 'zh' | 'both';
  readonly data?: string;
}

export function registerReport(program: Command): void {
  program
    .command('report')
    .description(
      'write a report on a run to send round: trends, verdicts, alerts, telemetry, advice, and what it cannot say',
    )
    .argument('<run>', 'id, name or directory of the run')
    .option('-o, --output <file>', 'file to write, as report.html or report.md (default: to the terminal)')
    .addOption(
      new Option('--format <format>', 'form of the report (default: what the file is called, else html)').choices([
        'html',
        'markdown',
      ]),
    )
    .addOption(
      new Option('--lang <language>', 'language (default: alerts.language of libra.yaml)').choices([
        'en',
        'zh',
        'both',
      ]),
    )
    .option('--data <dir>', 'data directory of the daemon (default: $XDG_DATA_HOME/libra)')
    .addHelpText('after', '\nExample:\n  $ libra report my-run --output report.html --lang both\n')
    .action(async (run: string, options: ReportOptions) => {
      const { writeReport } = await import('../report/write-report.ts');
      await writeReport(run, options, process.stdout);
    });
}
