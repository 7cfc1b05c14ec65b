/** `libra serve` alone, so that these tests do not depend on the other commands. */
import { Command } from 'commander';
import { registerServe } from '../../src/cli/commands/serve.ts';
import { LibraError } from '../../src/domain/errors.ts';

const program = new Command();
registerServe(program);
try {
  await program.parseAsync();
} catch (error) {
  process.stderr.write(`${error instanceof LibraError ? `${error.code}: ${error.message}. ${error.hint}` : error}\n`);
  process.exit(1);
}
