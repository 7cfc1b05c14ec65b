/** Lines of a text that comes in pieces, so that a large file is never held as a whole. */

/** Characters of a line, at most: what one string of the JavaScript engine holds with room to spare. */
export const LONGEST_LINE = 1 << 28;

/**
 * Lines of a stream of text pieces, as many at a time as a piece holds; only line feeds separate (a JSON string may hold U+2028).
 * @throws Error for a line without an end
 */
export async function* linesOf(
  chunks: AsyncIterable<string>,
  longest = LONGEST_LINE,
): AsyncGenerator<readonly string[], void> {
  let open: string[] = [];
  let length = 0;
  let done = 0;
  for await (const chunk of chunks) {
    const end = chunk.indexOf('\n');
    length += end < 0 ? chunk.length : end;
    if (length > longest) throw new Error(`line ${done + 1} is longer than ${longest >> 20} million characters`);
    if (end < 0) {
      open.push(chunk);
      continue;
    }
    const lines = chunk.split('\n');
    if (open.length > 0) lines[0] = open.join('') + lines[0];
    open = [lines.pop()!];
    length = open[0]!.length;
    done += lines.length;
    yield lines.map(withoutReturn);
  }
  const last = open.join('');
  if (last !== '') yield [withoutReturn(last)];
}

function withoutReturn(line: string): string {
  return line.endsWith('\r') ? line.slice(0, -1) : line;
}
