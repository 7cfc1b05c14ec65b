/** `libra alert`: what is wrong, and the team's answers to it. */
import type { Command } from 'commander';
import type { AlertAnswer } from '../../daemon/answer-alert.ts';

export interface AlertOptions {
  readonly data?: string;
  readonly run?: string;
  readonly all?: true;
  readonly note?: string;
  readonly by?: string;
  readonly json?: true;
}

const ANSWERS: readonly (readonly [command: string, answer: AlertAnswer, description: string])[] = [
  ['ack', 'acknowledge', 'somebody is looking into it'],
  ['silence', 'silence', 'known: say no more of it'],
  ['resolve', 'resolve', 'done, or the new level is accepted'],
];

export function registerAlert(program: Command): void {
  const alert = program
    .command('alert')
    .description('list and answer alerts')
    .addHelpText(
      'after',
      '\nExample:\n  $ libra alert list\n  $ libra alert ack ID --note "zh share is back at 30 %"\n',
    );
  const data = ['--data <dir>', 'data directory of the daemon (default: $XDG_DATA_HOME/libra)'] as const;

  alert
    .command('list')
    .description('alerts that are not resolved, newest first')
    .option('--run <run>', 'of this run only')
    .option('--all', 'also those that are resolved')
    .option(...data)
    .option('--json', 'print what GET /api/v1/alerts answers')
    .addHelpText('after', '\nExample:\n  $ libra alert list --run my-run\n')
    .action(async (options: AlertOptions) => {
      const { listAlerts } = await import('../alert/show-alerts.ts');
      listAlerts(options, process.stdout);
    });
  alert
    .command('show')
    .description('one alert with its evidence and what became of it')
    .argument('<id>', 'its id, or the first letters of it')
    .option(...data)
    .option('--json', 'print what GET /api/v1/alerts/{id} answers')
    .addHelpText('after', '\nExample:\n  $ libra alert show 3f2a\n')
    .action(async (id: string, options: AlertOptions) => {
      const { showAlert } = await import('../alert/show-alerts.ts');
      showAlert(id, options, process.stdout);
    });
  for (const [command, answer, description] of ANSWERS) {
    alert
      .command(command)
      .description(description)
      .argument('<id>', 'its id, or the first letters of it')
      .option('--note <text>', 'why, for its history')
      .option('--by <name>', 'who (default: the login name)')
      .option(...data)
      .option('--json', 'print the alert as it is now')
      .addHelpText('after', `\nExample:\n  $ libra alert ${command} 3f2a --note "rolled back to step 900"\n`)
      .action(async (id: string, options: AlertOptions) => {
        const { sendAnswer } = await import('../alert/send-answer.ts');
        await sendAnswer(id, answer, options, process.stdout);
      });
  }
}
