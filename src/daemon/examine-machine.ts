/** What this machine gives Libra and what would happen here: each finding with what it means and what to do. Changes nothing. */
import { release } from 'node:os';
import type { Config } from '../config/schema.ts';
import { messageOf } from '../domain/errors.ts';
import { usableCores, usableMemory } from '../system/machine.ts';
import { examineData, examineRoot } from './examine-directories.ts';
import { examineDevices, examineEngines } from './examine-engines.ts';
import { examineOutbox } from './examine-outbox.ts';
import { examineSandbox } from './examine-sandbox.ts';
import { examineInotify, examinePort } from './examine-system.ts';
import { type Finding, fail, gigabytes, ok, warn } from './finding.ts';

export interface ExamineOptions {
  /** The configuration in force, or why there is none. */
  readonly config: Config | { readonly error: unknown };
  readonly configFile: string | null;
  readonly dataDirectory: string;
  /** Directories that would be watched. */
  readonly roots: readonly string[];
  readonly env: Readonly<Record<string, string | undefined>>;
}

/** In the order in which a person wants to read them. */
export async function examineMachine(options: ExamineOptions): Promise<Finding[]> {
  const config = 'error' in options.config ? null : options.config;
  const parts = await Promise.all([
    [examineNode(), examineProcessors(), examineMemory(), examineConfig(options)],
    examineEngines(config, options.env),
    examineDevices(),
    examineSandbox(config),
    examineInotify(),
    examineData(options.dataDirectory),
    examineOutbox(options.dataDirectory),
    examinePort(config),
    ...options.roots.map((root) => examineRoot(root, options.dataDirectory, config)),
  ]);
  return parts.flat();
}

function examineNode(): Finding {
  const [major = 0, minor = 0] = process.versions.node.split('.').map(Number);
  const found = `Node.js ${process.versions.node} on ${process.platform} ${process.arch}, kernel ${release()}`;
  if (major > 20 || (major === 20 && minor >= 19)) return ok('node', found);
  return fail('node', `${found}: too old`, 'Install Node.js 20.19 or later.');
}

function examineProcessors(): Finding {
  const cores = usableCores();
  const found = `${cores} ${cores === 1 ? 'core' : 'cores'} for this process; engines run with low priority`;
  return cores > 1
    ? ok('processors', found)
    : warn('processors', found, 'Evaluations will compete with whatever else runs.');
}

function examineMemory(): Finding {
  const { total, available } = usableMemory();
  const found = `${gigabytes(available)} of ${gigabytes(total)} memory available; the embedded engine needs about 6 bytes a parameter`;
  if (available > 1e9) return ok('memory', found);
  return warn('memory', found, 'Only very small models fit: free memory, or use --engine http://host:port.');
}

function examineConfig({ config, configFile }: ExamineOptions): Finding {
  if ('error' in config) {
    return fail(
      'config',
      messageOf(config.error),
      'Correct it; every key is described in the reference of libra.yaml.',
    );
  }
  return ok('config', configFile === null ? 'no libra.yaml: the defaults hold' : `${configFile} is valid`);
}
