/** How much memory processes took, from /proc. */
import { readFile } from 'node:fs/promises';
import { findTree, type ProcessIdentity } from './process-tree.ts';

/**
 * Bytes: the most that each process of a tree held resident since it started, added up; null where the system does not tell.
 * @param mark see process-tree.ts
 */
export async function peakMemory(leader: ProcessIdentity, mark: string): Promise<number | null> {
  const peaks = await Promise.all((await findTree(leader, mark)).map(({ pid }) => peakOf(pid)));
  const known = peaks.filter((peak) => peak !== null);
  return known.length === 0 ? null : known.reduce((sum, peak) => sum + peak, 0);
}

/** proc(5): VmHWM, the resident set at its largest, in kB. */
async function peakOf(pid: number): Promise<number | null> {
  const status = await readFile(`/proc/${pid}/status`, 'latin1').catch(() => '');
  const kilobytes = /^VmHWM:\s+(\d+) kB$/m.exec(status)?.[1];
  return kilobytes === undefined ? null : Number(kilobytes) * 1024;
}
