/**
 * The tokens a tokenizer puts around every text by itself (a BOS, for many models), read from its file: servers tokenise without
 * them for us, and lm-evaluation-harness's hf backend adds them, unless the text begins with that token already.
 */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';

export interface TextFrame {
  readonly before: readonly number[];
  readonly after: readonly number[];
  /** A text to be scored that begins with this has its opening already; '' for none. */
  readonly scoredOpening: string;
  /** The same for a text to be continued. */
  readonly continuedOpening: string;
}

export const NO_FRAME: TextFrame = { before: [], after: [], scoredOpening: '', continuedOpening: '' };

const SpecialToken = z.object({ ids: z.array(z.number()) });
const Template = z.object({
  type: z.literal('TemplateProcessing'),
  single: z.array(z.record(z.string(), z.object({ id: z.string() }))),
  special_tokens: z.record(z.string(), SpecialToken).default({}),
});
const Ends = z.object({
  type: z.enum(['BertProcessing', 'RobertaProcessing']),
  cls: z.tuple([z.string(), z.number()]),
  sep: z.tuple([z.string(), z.number()]),
});
const Several = z.object({ type: z.literal('Sequence'), processors: z.array(z.unknown()) });

/** @param processor `post_processor` of tokenizer.json; what is no frame of whole tokens adds nothing */
export function tokensAround(processor: unknown): Pick<TextFrame, 'before' | 'after'> {
  const several = Several.safeParse(processor).data;
  if (several !== undefined) {
    return several.processors.map(tokensAround).reduce(
      (inner, outer) => ({
        before: [...outer.before, ...inner.before],
        after: [...inner.after, ...outer.after],
      }),
      NO_FRAME,
    );
  }
  const ends = Ends.safeParse(processor).data;
  if (ends !== undefined) return { before: [ends.cls[1]], after: [ends.sep[1]] };
  const template = Template.safeParse(processor).data;
  if (template === undefined) return { before: [], after: [] };
  const text = template.single.findIndex((piece) => 'Sequence' in piece);
  const idsOf = (pieces: typeof template.single) =>
    pieces.flatMap((piece) => template.special_tokens[piece.SpecialToken?.id ?? '']?.ids ?? []);
  return { before: idsOf(template.single.slice(0, text)), after: idsOf(template.single.slice(text + 1)) };
}

const Token = z.union([z.string(), z.object({ content: z.string() }).transform((token) => token.content)]).nullish();
const TokenizerConfig = z.object({ bos_token: Token, eos_token: Token });
const TokenizerFile = z.object({
  added_tokens: z.array(z.object({ id: z.number(), content: z.string() })).default([]),
  post_processor: z.unknown(),
});

export interface TokenizerFacts {
  /** BOS, else EOS; null when the tokenizer names neither. */
  readonly prefixTokenId: number | null;
  readonly frame: TextFrame;
}

/** What the tokenizer's files say; null when there are none, or of another kind. */
export async function readTokenizerFacts(directory: string): Promise<TokenizerFacts | null> {
  try {
    const names = TokenizerConfig.parse(JSON.parse(await readFile(join(directory, 'tokenizer_config.json'), 'utf8')));
    const file = TokenizerFile.parse(JSON.parse(await readFile(join(directory, 'tokenizer.json'), 'utf8')));
    const prefix = names.bos_token ?? names.eos_token ?? '';
    const prefixTokenId = file.added_tokens.find(({ content }) => content === prefix)?.id ?? null;
    const openings = { scoredOpening: prefix, continuedOpening: names.bos_token ?? '' };
    return { prefixTokenId, frame: { ...tokensAround(file.post_processor), ...openings } };
  } catch {
    return null;
  }
}

/** The tokens of a text to be scored, in their frame. */
export function frameScored(frame: TextFrame, text: string, tokens: readonly number[]): readonly number[] {
  return put(frame, frame.scoredOpening, text, tokens);
}

/** The tokens of a text to be continued, in their frame. */
export function frameContinued(frame: TextFrame, text: string, tokens: readonly number[]): readonly number[] {
  return put(frame, frame.continuedOpening, text, tokens);
}

function put({ before, after }: TextFrame, opening: string, text: string, tokens: readonly number[]) {
  if (before.length + after.length === 0 || (opening !== '' && text.startsWith(opening))) return tokens;
  return [...before, ...tokens, ...after];
}
