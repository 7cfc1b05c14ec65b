/**
 * Jinja source -> syntax tree. The reading is done by @huggingface/jinja; its rendering follows chat templates, not Jinja
 * (no strict undefined, lists as JSON, trimmed blocks), so the tree is evaluated here by Python's rules.
 */
import { parse, tokenize } from '@huggingface/jinja';

/** A node of the tree: its type and whatever that type carries. */
export interface TemplateNode {
  readonly type: string;
  // biome-ignore lint/suspicious/noExplicitAny: the package does not export its node types
  readonly [part: string]: any;
}

/** @throws SyntaxError when the source is not a Jinja template */
export function parseTemplate(source: string): readonly TemplateNode[] {
  // The package drops one newline at the end; task files keep theirs.
  const tokens = tokenize(source.endsWith('\n') ? `${source}\n` : source);
  return parse(tokens).body as unknown as readonly TemplateNode[];
}
