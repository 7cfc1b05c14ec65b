/** What the Rust `tokenizers` library said of tokenizers in the shapes of the well-known families (record.py). */
import { readdirSync, readFileSync } from 'node:fs';
import { gunzipSync } from 'node:zlib';

export interface RecordedFamily {
  readonly name: string;
  readonly tokenizer: Record<string, unknown>;
  readonly config: Record<string, unknown>;
  /** The torture texts, then random ones. */
  readonly texts: readonly string[];
  readonly ids: readonly (readonly number[])[];
  /** With special tokens, torture texts only. */
  readonly special: readonly (readonly number[])[];
  /** Id lists that were decoded: those of the torture texts, then jumbled ones. */
  readonly known: readonly (readonly number[])[];
  readonly decoded: readonly string[];
  readonly skipping: readonly string[];
  readonly half: readonly string[];
}

const here = new URL('.', import.meta.url);
const { texts } = JSON.parse(readFileSync(new URL('texts.json', here), 'utf8')) as { readonly texts: readonly string[] };

export function readFamilies(): RecordedFamily[] {
  return readdirSync(new URL('families/', here)).map((file) => {
    const data = gunzipSync(readFileSync(new URL(`families/${file}`, here))).toString('utf8');
    const { fuzz, jumbled, ...rest } = JSON.parse(data);
    return {
      name: file.replace('.json.gz', ''),
      ...rest,
      texts: [...texts, ...fuzz],
      known: [...rest.ids.slice(0, texts.length), ...jumbled],
    };
  });
}
