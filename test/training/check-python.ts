/** What the Python at hand can do: whether it can train (and how to get one that can), and whether the callback lowers its learning rates. */
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { ROOT } from '../e2e/watched-replay.ts';

const PACKAGES = ['torch', 'transformers', 'accelerate'];
const ASK = `import importlib.metadata as m, json, platform
print(json.dumps(dict({name: m.version(name) for name in ${JSON.stringify(PACKAGES)}}, python=platform.python_version())))`;

export function checkPython(python: string): Readonly<Record<string, string>> {
  const { status, stdout, error } = spawnSync(python, ['-c', ASK], { encoding: 'utf8' });
  if (status === 0) return { ...(JSON.parse(stdout) as Record<string, string>), node: process.versions.node };
  const why = error ? 'it can not be started' : `it lacks one of ${PACKAGES.join(', ')}`;
  console.error(
    `The training test needs a Python with torch, and ${python} is none: ${why}. To get one:\n` +
      '  python3 -m venv training-env && training-env/bin/pip install -r fixtures/train/requirements.txt\n' +
      '  npm run test:training -- --python training-env/bin/python',
  );
  process.exit(2);
}

/** The rate is lowered for all steps that follow, whatever schedule the real Trainer or torch has. */
export function checkLoweredRate(python: string): void {
  const { status, stderr } = spawnSync(python, [join(ROOT, 'test/training/lower_rate.py')], { encoding: 'utf8' });
  if (status !== 0) throw new Error(`the learning rate was not lowered as advised:\n${stderr.slice(-2000)}`);
}
