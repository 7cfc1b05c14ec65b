/** What the README says is done here: its commands are run, its files are loaded, its tables are compared. */
import { cp, mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { loadConfig } from '../../src/config/load.ts';
import { ERROR_CODES } from '../../src/domain/errors.ts';
import { runLibra } from '../e2e/libra-process.ts';
import { ROOT } from './source-tree.ts';

const readme = await readFile(join(ROOT, 'README.md'), 'utf8');
const blocks = (language: string): string[] =>
  [...readme.matchAll(new RegExp(`\`\`\`${language}\\n([\\s\\S]*?)\`\`\``, 'g'))].map((match) => match[1]!.trim());

let place: string;
beforeAll(async () => {
  place = await mkdtemp(join(tmpdir(), 'libra-readme-'));
});
afterAll(() => rm(place, { recursive: true, force: true }));

describe('commands', () => {
  const scripts = JSON.parse(JSON.stringify(process.env)) as NodeJS.ProcessEnv;

  it('are all known here', () => {
    expect(blocks('sh')).toEqual([
      'npm ci && npx libra demo',
      'npm ci && npm test',
      'npx libra watch output/my-run --include-path my-tasks',
      'npm run check',
    ]);
  });

  it('name scripts that there are', async () => {
    const { scripts } = JSON.parse(await readFile(join(ROOT, 'package.json'), 'utf8')) as {
      scripts: Record<string, string>;
    };
    expect(Object.keys(scripts)).toEqual(expect.arrayContaining(['test', 'check', 'prepare', 'bench']));
  });

  it('watches a run with the task file that is printed', async () => {
    const [task] = blocks('yaml').filter((text) => text.startsWith('task:'));
    await mkdir(join(place, 'my-tasks'));
    await writeFile(join(place, 'my-tasks', 'capitals.yaml'), task!);
    const docs = ['France', 'Japan', 'Kenya'].map((country, i) =>
      JSON.stringify({ country, choices: ['Paris', 'Tokyo', 'Nairobi'], answer: i }),
    );
    await writeFile(join(place, 'my-tasks', 'capitals.jsonl'), docs.join('\n'));
    const run = join(ROOT, 'fixtures/runs/healthy');
    const [checkpoint] = (await readdir(run)).filter((name) => name.startsWith('checkpoint-'));
    await cp(join(run, checkpoint!), join(place, 'output/my-run', checkpoint!), { recursive: true });
    const [, ...args] = blocks('sh')[2]!.replace(/^npx /, '').split(' ');
    const result = await runLibra(
      [...args, '--data', join(place, 'data'), '--port', '0', '--json', '--until-idle', '1'],
      { cwd: place, env: { ...scripts, HOME: place } },
    );
    expect(result.stderr).not.toMatch(/error:/);
    const events = result.stdout
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line));
    expect(events).toContainEqual(
      expect.objectContaining({
        event: 'evaluation.finished',
        docs: 3,
        capabilities: expect.objectContaining({ 'basic.knowledge.factual': expect.any(Number) }),
      }),
    );
    expect(result.code).toBe(0);
  }, 120_000);

  const table = [...readme.matchAll(/^\| `libra (\w+)/gm)].map((match) => match[1]!);
  it.each(table)('libra %s has help with an example', async (command) => {
    const { code, stdout } = await runLibra([command, '--help']);
    expect(code).toBe(0);
    expect(stdout).toMatch(/Example/);
  });

  it('lists every command', () => {
    expect(table).toEqual([
      'watch',
      'demo',
      'evaluate',
      'serve',
      'plan',
      'trend',
      'import',
      'compare',
      'report',
      'tax',
      'notify',
      'alert',
      'tasks',
      'doctor',
    ]);
  });
});

describe('files', () => {
  it('has a libra.yaml that loads', async () => {
    const [text] = blocks('yaml').filter((block) => block.startsWith('# libra.yaml'));
    await writeFile(join(place, 'libra.yaml'), text!);
    const { config } = loadConfig({ cwd: place, env: {} });
    expect(config.runs[0]!.path).toBe(join(place, 'output/my-run'));
    expect(Object.keys(config.notifiers)).toEqual(['team', 'mail']);
  });

  it('links to what is there', async () => {
    const links = [...readme.matchAll(/\]\((?!http)([^)#]+)\)/g)].map((match) => match[1]!);
    const broken: string[] = [];
    for (const link of links)
      await readdir(join(ROOT, link)).catch(
        (error: NodeJS.ErrnoException) => error.code === 'ENOTDIR' || broken.push(link),
      );
    expect(links.length).toBeGreaterThan(10);
    expect(broken).toEqual([]);
  });

  it('lists every error code once, and no other', () => {
    const listed = [...readme.matchAll(/`(LIBRA_[A-Z_]+)`/g)]
      .map((match) => match[1]!)
      .filter((code) => code in ERROR_CODES || readme.includes(`| \`${code}\``));
    expect([...listed].sort()).toEqual(Object.keys(ERROR_CODES).sort());
  });
});
