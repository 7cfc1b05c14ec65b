/** Prints what examining the machine found, for a person or as JSON, and says by its exit code whether Libra can work here. */
import { resolve } from 'node:path';
import { resolveDataDirectory } from '../../config/data-directory.ts';
import { type LoadedConfig, loadConfig } from '../../config/load.ts';
import { examineMachine } from '../../daemon/examine-machine.ts';
import type { Finding } from '../../daemon/finding.ts';
import { scheduleProblems } from '../../daemon/schedule.ts';
import { redact } from '../../system/log.ts';
import type { DoctorOptions } from '../commands/doctor.ts';
import { createPalette, type Output, type Palette, wantsColour } from '../terminal/color.ts';
import { printable } from '../terminal/width.ts';

interface TextOutput extends Output {
  write(text: string): unknown;
}

/** @returns the exit code: 1 if something keeps Libra from working, else 0 */
export async function doctor(
  directories: readonly string[],
  options: DoctorOptions,
  output: TextOutput,
  env: Readonly<Record<string, string | undefined>> = process.env,
  cwd = process.cwd(),
): Promise<0 | 1> {
  const loaded = load(options, env, cwd);
  const config = 'error' in loaded ? null : loaded.config;
  const data =
    options.data === undefined ? resolveDataDirectory(config?.data ?? null, env) : resolve(cwd, options.data);
  const configured = (config?.runs ?? []).map((run) => run.path).filter((path) => !/[*?[{]/.test(path));
  const findings = await examineMachine({
    config: 'error' in loaded ? loaded : loaded.config,
    configFile: 'error' in loaded ? null : loaded.file,
    dataDirectory: data,
    roots: [...new Set([...directories.map((path) => resolve(cwd, path)), ...configured])],
    env,
  });
  const isFit = findings.every((finding) => finding.level !== 'fail');
  const palette = createPalette(wantsColour(output, env));
  const text = options.json ? `${JSON.stringify({ ok: isFit, findings }, null, 2)}\n` : describe(findings, palette);
  output.write(redact(text));
  return isFit ? 0 : 1;
}

function load(
  options: DoctorOptions,
  env: Readonly<Record<string, string | undefined>>,
  cwd: string,
): LoadedConfig | { readonly error: unknown } {
  const flags = (['engine', 'port'] as const).flatMap((name) => {
    const value = options[name];
    return value === undefined ? [] : [{ key: name === 'port' ? 'server.port' : name, value, flag: `--${name}` }];
  });
  try {
    const file = options.config === undefined ? {} : { file: options.config };
    return loadConfig({ cwd, env, flags, alsoCheck: scheduleProblems, ...file });
  } catch (error) {
    return { error };
  }
}

/** One line a finding, its hint below, and the sum at the end. */
function describe(findings: readonly Finding[], palette: Palette): string {
  const marks = { ok: palette.green('ok  '), warn: palette.yellow('warn'), fail: palette.red('fail') };
  const lines = findings.flatMap(({ level, name, found, hint }) => {
    const line = `${marks[level]}  ${palette.bold(printable(name.replace(/:.*/, '')))}  ${printable(found)}`;
    return hint === null ? [line] : [line, `      ${palette.cyan('->')} ${printable(hint)}`];
  });
  const failures = findings.filter((finding) => finding.level === 'fail').length;
  const sum =
    failures === 0
      ? palette.green('Libra can work here.')
      : palette.red(`Libra cannot work here yet: ${failures} ${failures === 1 ? 'thing' : 'things'} to put right.`);
  return `${[...lines, '', sum].join('\n')}\n`;
}
