/** `libra alert`: what is wrong, and the team's answers to it. */
import { type Command, InvalidArgumentError } from 'commander';
import { parseDuration } from '../../config/measures.ts';
import type { AlertAnswer } from '../../daemon/answer-alert.ts';
import { wholeNumber } from '../whole-number.ts';

export interface AlertOptions {
  readonly data?: string;
  readonly run?: string;
  readonly all?: true;
  readonly note?: string;
  readonly by?: string;
  /** Milliseconds. */
  readonly for?: number;
  readonly json?: true;
}

export interface InterveneOptions {
  readonly step: number;
  readonly note: string;
  readonly data?: string;
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
  alert
    .command('intervene')
    .description('tell what you changed in the training: marked on its trends, its effect measured afterwards')
    .argument('<run>', 'id or name of the run')
    .requiredOption('--step <step>', 'the step after which training goes on with it', wholeNumber(0))
    .requiredOption('--note <text>', 'what you changed')
    .option('--by <name>', 'who (default: the login name)')
    .option(...data)
    .option('--json', 'print what GET /api/v1/runs/{run}/interventions answers')
    .addHelpText('after', '\nExample:\n  $ libra alert intervene my-run --step 12000 --note "zh share 0 -> 0.3"\n')
    .action(async (run: string, options: InterveneOptions) => {
      const { sendIntervention } = await import('../alert/send-intervention.ts');
      await sendIntervention(run, options, process.stdout);
    });
  alert
    .command('interventions')
    .description('what you changed in a run, and what came of it')
    .argument('<run>', 'id or name of the run')
    .option(...data)
    .option('--json', 'print what GET /api/v1/runs/{run}/interventions answers')
    .addHelpText('after', '\nExample:\n  $ libra alert interventions my-run\n')
    .action(async (run: string, options: Pick<InterveneOptions, 'data' | 'json'>) => {
      const { showInterventions } = await import('../alert/send-intervention.ts');
      showInterventions(run, options, process.stdout);
    });
  for (const [command, answer, description] of ANSWERS) {
    const answering = alert
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
    if (answer === 'silence')
      answering.option(
        '--for <duration>',
        'for so long, such as 2h; then it fires again if it is still there',
        aDuration,
      );
  }
}

function aDuration(text: string): number {
  const ms = parseDuration(text);
  if (ms !== null && ms > 0) return ms;
  throw new InvalidArgumentError('expected a duration, such as 30m or 2h.');
}
