/** What `libra evaluate --help` prints. */
import { Command } from 'commander';
import { registerEvaluate } from '../../src/cli/commands/evaluate.ts';

export function registerEvaluateHelp(): string {
  const program = new Command();
  registerEvaluate(program);
  const command = program.commands[0]!;
  let help = '';
  command.configureOutput({
    writeOut: (text) => {
      help += text;
    },
  });
  command.outputHelp();
  return help;
}
