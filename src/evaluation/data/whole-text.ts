/** A text that comes in pieces as one, where there is no other way to read it. */

/** Characters of a document that has to be read as a whole. */
const LARGEST_DOCUMENT = 1 << 28;

/** @throws Error when it is larger than a string should be */
export async function wholeText(chunks: AsyncIterable<string>, largest = LARGEST_DOCUMENT): Promise<string> {
  const pieces: string[] = [];
  let length = 0;
  for await (const chunk of chunks) {
    length += chunk.length;
    if (length > largest) {
      throw new Error(
        `it is one document of more than ${largest >> 20} million characters; written as JSON Lines, one doc a line, it can be read`,
      );
    }
    pieces.push(chunk);
  }
  return pieces.join('');
}
