/** `libra demo`: a recorded training run is replayed in time-lapse, and Libra watches it. */
import { type Command, InvalidArgumentError } from 'commander';

interface DemoOptions {
  readonly open: boolean;
  readonly port: number;
  readonly fast?: true;
  readonly exit?: true;
  readonly json?: true;
}

export function registerDemo(program: Command): void {
  program
    .command('demo')
    .description(
      'see Libra at work: a real training run, replayed in time-lapse, watched and judged (under two minutes)',
    )
    .option('--no-open', 'do not open the page in a browser')
    .option('--port <port>', 'port of the API and the page; 0 takes a free one', portNumber, 7700)
    .option('--fast', 'ask half the docs: quicker, with wider intervals')
    .option(
      '--exit',
      'stop when the replay is through; exit 0 only if every checkpoint was evaluated and the planted regressions were caught',
    )
    .option('--json', 'print events as JSON, and one summary object last')
    .addHelpText('after', '\nExample:\n  $ libra demo --exit --json | tail -1\n')
    .action(async (options: DemoOptions) => {
      const { runDemo } = await import('../demo/run-demo.ts');
      await runDemo({
        open: options.open,
        port: options.port,
        fast: options.fast === true,
        exit: options.exit === true,
        json: options.json === true,
      });
    });
}

function portNumber(text: string): number {
  const port = Number(text);
  if (Number.isInteger(port) && port >= 0 && port <= 65_535 && text.trim() !== '') return port;
  throw new InvalidArgumentError('expected a port, 0 to 65535.');
}
