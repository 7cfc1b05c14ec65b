/** Log lines as they are kept: without lists of routes and options, and without the paths of the machine they were recorded on. */

/** @param places path -> what stands for it */
export function recordedLog(lines: readonly string[], places: Readonly<Record<string, string>>): string {
  const kept = lines.filter((line) => !/Route: |^ {16,}\[|[▄█▀]/.test(line)).slice(-70);
  const text = kept.map((line) => (line.length > 600 ? `${line.slice(0, 600)}...` : line)).join('\n');
  return `${Object.entries(places).reduce((sum, [from, to]) => sum.replaceAll(from, to), text)}\n`;
}
