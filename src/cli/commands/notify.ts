/** `libra notify`: the channels that alerts go out by. */
import type { Command } from 'commander';

export interface NotifyTestOptions {
  readonly config?: string;
  readonly json?: true;
}

export function registerNotify(program: Command): void {
  const notify = program
    .command('notify')
    .description('the channels that alerts go out by')
    .addHelpText('after', '\nExample:\n  $ libra notify test\n');
  notify
    .command('test')
    .description('send a trial message to every notifier of libra.yaml, or to those named, and say what came back')
    .argument('[notifier...]', 'names of notifiers')
    .option('--config <file>', 'configuration (default: libra.yaml here, if there is one)')
    .option('--json', 'print {ok, notifiers: [{name, type, outcome, detail}]}')
    .addHelpText('after', '\nExits 1 if one of them did not take it.\n\nExample:\n  $ libra notify test team-chat\n')
    .action(async (names: string[], options: NotifyTestOptions) => {
      const { testNotifiers } = await import('../notify/test-notifiers.ts');
      process.exitCode = await testNotifiers(names, options, process.stdout);
    });
}
