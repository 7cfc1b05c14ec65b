/**
 * Quoted YAML text may run over lines. PyYAML takes such lines at any indentation, the YAML library here does not; task files in use
 * have them. Indentation inside quotes means nothing, so the lines are moved to the right and read again.
 */

const FAR_RIGHT = ' '.repeat(64);
const BLOCK_HEAD = /(?:^|[:\-?]\s+)[|>][-+0-9]*\s*(?:#.*)?$/;
const OPENS = /(?:^|[\s[{,])$/;

/** The same YAML with the continuation lines of quoted text indented far enough for anyone. */
export function indentQuotedText(text: string): string {
  let quote: string | null = null;
  let blockIndent: number | null = null;
  return text
    .split('\n')
    .map((line) => {
      const indent = line.search(/\S/);
      if (quote === null && blockIndent !== null) {
        if (indent < 0 || indent > blockIndent) return line;
        blockIndent = null;
      }
      const wasOpen = quote !== null;
      quote = quoteAfter(line, quote);
      if (quote === null && BLOCK_HEAD.test(line)) blockIndent = Math.max(0, indent);
      return wasOpen && indent >= 0 ? FAR_RIGHT + line : line;
    })
    .join('\n');
}

/** The quote that is open at the end of a line, given the one open at its start. */
function quoteAfter(line: string, open: string | null): string | null {
  let quote = open;
  for (let at = 0; at < line.length; at++) {
    const character = line[at]!;
    if (quote === '"') {
      if (character === '\\') at++;
      else if (character === '"') quote = null;
    } else if (quote === "'") {
      if (character === "'" && line[at + 1] === "'") at++;
      else if (character === "'") quote = null;
    } else if (character === '#' && (at === 0 || /\s/.test(line[at - 1]!))) return null;
    else if ((character === '"' || character === "'") && OPENS.test(line.slice(0, at))) quote = character;
  }
  return quote;
}
