/** `libra watch DIR...`: the daemon. */
import { type Command, InvalidArgumentError, Option } from 'commander';

interface WatchOptions {
  readonly config?: string;
  readonly data?: string;
  readonly port?: string;
  readonly host?: string;
  readonly engine?: string;
  readonly strategy?: string;
  readonly tasks?: string;
  readonly includePath?: readonly string[];
  readonly dataPath?: readonly string[];
  readonly untilIdle?: number | true;
  readonly log: 'plain' | 'json';
  readonly wait?: true;
  readonly json?: true;
}

const USUAL_IDLE_SECONDS = 30;

export function registerWatch(program: Command): void {
  program
    .command('watch')
    .description('watch training runs: evaluate every checkpoint and alert when a capability regresses')
    .argument('[dir...]', 'training output directories (a run, or a directory of runs)')
    .option('--config <file>', 'configuration (default: libra.yaml here, if there is one)')
    .option('--data <dir>', 'data directory, holds libra.db (default: $XDG_DATA_HOME/libra)')
    .option('--port <port>', 'port of the API and the page (default: 7700; 0 takes a free one)')
    .option('--host <host>', 'address to listen on (default: 127.0.0.1)')
    .option('--engine <name|url>', 'engine, or the URL of a server that runs already (default: embedded)')
    .option('--strategy <name>', 'what to evaluate: fixed, smoke, staged or adaptive (default: fixed)')
    .option(
      '--tasks <a,b>',
      'names of tasks, of your own and of the library (default: all your own; without any, the starter docs)',
    )
    .option('--include-path <dir...>', 'directories of task YAML, as lm-evaluation-harness has it')
    .option('--data-path <dir...>', 'directories with data sets in folders of their names')
    .option(
      '--until-idle [seconds]',
      `exit 0 once all is evaluated and nothing new came for that long (default: ${USUAL_IDLE_SECONDS})`,
      seconds,
    )
    .option('--wait', 'wait for directories that do not exist yet')
    .addOption(new Option('--log <format>', 'format of the log on stderr').choices(['plain', 'json']).default('plain'))
    .option('--json', 'print events as JSON on stdout, one a line')
    .addHelpText('after', '\nExample:\n  $ libra watch output/my-run --include-path tasks --tasks gsm8k,cmmlu\n')
    .action(async (directories: string[], options: WatchOptions) => {
      const { watch } = await import('../watch/watch.ts');
      await watch(directories, {
        ...options,
        tasks: options.tasks
          ?.split(',')
          .map((name) => name.trim())
          .filter(Boolean),
        untilIdle: options.untilIdle === true ? USUAL_IDLE_SECONDS : options.untilIdle,
        wait: options.wait === true,
        json: options.json === true,
      });
    });
}

function seconds(text: string): number {
  const value = Number(text);
  if (text.trim() !== '' && Number.isFinite(value) && value >= 0) return value;
  throw new InvalidArgumentError('expected a number of seconds.');
}
