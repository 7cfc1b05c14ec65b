#!/usr/bin/env node
/** `libra <command>`: the commands, their help, and the exit codes (0 done, 2 wrong usage or configuration, 1 anything else). */
import { Command, CommanderError } from 'commander';
import { VERSION } from '../system/version.ts';
import { registerAlert } from './commands/alert.ts';
import { registerCompare } from './commands/compare.ts';
import { registerDemo } from './commands/demo.ts';
import { registerDoctor } from './commands/doctor.ts';
import { registerEvaluate } from './commands/evaluate.ts';
import { registerImport } from './commands/import.ts';
import { registerNotify } from './commands/notify.ts';
import { registerPlan } from './commands/plan.ts';
import { registerReplay } from './commands/replay.ts';
import { registerReport } from './commands/report.ts';
import { registerServe } from './commands/serve.ts';
import { registerTasks } from './commands/tasks.ts';
import { registerTax } from './commands/tax.ts';
import { registerTrend } from './commands/trend.ts';
import { registerWatch } from './commands/watch.ts';
import { fail, survivePipes } from './terminal/fail.ts';

function buildProgram(): Command {
  const program = new Command('libra')
    .description(
      'Libra (天秤) watches training runs, evaluates every checkpoint and alerts when a capability regresses.',
    )
    .version(VERSION)
    .showSuggestionAfterError()
    .showHelpAfterError('Run with --help to see what is possible.')
    .addHelpText('after', '\nStart here:\n  $ libra demo\n  $ libra watch output/my-run --tasks cmmlu,gsm8k\n');
  for (const register of [
    registerWatch,
    registerDemo,
    registerEvaluate,
    registerServe,
    registerPlan,
    registerTrend,
    registerImport,
    registerCompare,
    registerTax,
    registerReport,
    registerAlert,
    registerNotify,
    registerTasks,
    registerDoctor,
    registerReplay,
  ]) {
    register(program);
  }
  overrideExit(program);
  return program;
}

/** Commander exits by itself with 1 on wrong usage; ours is 2, so it must throw instead. */
function overrideExit(command: Command): void {
  command.exitOverride();
  for (const child of command.commands) overrideExit(child);
}

survivePipes();
try {
  await buildProgram().parseAsync(process.argv);
} catch (error) {
  if (error instanceof CommanderError) process.exitCode = error.exitCode === 0 ? 0 : 2;
  else process.exitCode = fail(error);
}
