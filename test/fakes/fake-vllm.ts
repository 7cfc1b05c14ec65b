/** The fake engine behind vLLM's command line and environment; what it was given is kept in the file that FAKE_VLLM_SEEN names. */
import { writeFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import type { FakeEngineConfig } from './fake-engine.ts';

const known = ['port', 'served-model-name', 'max-model-len'];
const options = Object.fromEntries(known.map((name) => [name, { type: 'string' as const }]));
const { values } = parseArgs({ strict: false, options });
const text = (name: string) => String(values[name] ?? '');
const seen = process.env.FAKE_VLLM_SEEN;
if (seen !== undefined) writeFileSync(seen, JSON.stringify({ args: process.argv.slice(2), env: process.env }));
const config: FakeEngineConfig = {
  port: Number(text('port')),
  servedName: text('served-model-name'),
  maxModelLen: Number(text('max-model-len')) || 2048,
  grandchild: true,
  ...(process.env.VLLM_API_KEY === undefined ? {} : { apiKey: process.env.VLLM_API_KEY }),
  ...JSON.parse(process.env.FAKE_VLLM ?? '{}'),
};
process.env.FAKE_ENGINE = JSON.stringify(config);
await import('./fake-engine.ts');
