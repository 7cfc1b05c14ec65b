/** Which capabilities a task file says it measures: `capabilities:` at the top or under `metadata`. */
import { distance } from 'fastest-levenshtein';
import { CAPABILITIES, PROBES } from '../../domain/capability.ts';
import { LibraError } from '../../domain/errors.ts';
import type { YamlFields } from './read-yaml.ts';

const BUILT_IN = new Set([...CAPABILITIES, ...PROBES].map(({ id }) => id));

/**
 * Own capabilities are welcome (any dotted path); what looks like a built-in one misspelt is not.
 * @throws LibraError LIBRA_TASK_INVALID
 */
export function readCapabilities(fields: YamlFields, file: string): string[] {
  const metadata = fields.metadata as YamlFields | null | undefined;
  const listed = fields.capabilities ?? (typeof metadata === 'object' ? metadata?.capabilities : undefined) ?? [];
  const ids = [listed].flat();
  for (const id of ids) {
    if (typeof id !== 'string' || !/^[a-z][\w-]*(\.[\w-]+)*$/i.test(id)) {
      throw invalid(
        file,
        `\`capabilities\` holds ${JSON.stringify(id)}`,
        'A capability is a path such as basic.reasoning.math.',
      );
    }
    if (BUILT_IN.has(id)) continue;
    const meant = misspeltBuiltIn(id);
    if (meant !== undefined) throw invalid(file, `the capability '${id}' is not known`, `Did you mean '${meant}'?`);
    if (!id.includes('.')) {
      throw invalid(
        file,
        `the capability '${id}' is not known`,
        "A capability of your own needs a dotted path, such as 'team.billing'.",
      );
    }
  }
  return [...new Set(ids as string[])];
}

/** The built-in id that differs in one part by a slip of the hand, if there is one. */
function misspeltBuiltIn(id: string): string | undefined {
  const parts = id.split('.');
  for (const known of BUILT_IN) {
    const other = known.split('.');
    if (other.length !== parts.length) continue;
    const different = parts.flatMap((part, i) => (part === other[i] ? [] : [[part, other[i]!] as const]));
    if (different.length === 1 && isSlip(different[0]![0], different[0]![1])) return known;
  }
  return undefined;
}

function isSlip(written: string, known: string): boolean {
  const far = distance(written.toLowerCase(), known);
  return far <= 2 && far <= known.length / 3;
}

function invalid(file: string, what: string, hint: string): LibraError {
  return new LibraError('LIBRA_TASK_INVALID', `${file}: ${what}.`, { hint });
}
