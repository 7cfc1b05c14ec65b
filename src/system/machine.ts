/** What this machine really gives us: cores and memory, container limits included. */
import { readFileSync } from 'node:fs';
import { availableParallelism, freemem, totalmem } from 'node:os';

/** Cores that may be used: affinity and the container's CPU quota counted in. */
export function usableCores(): number {
  const quota = cgroupQuota();
  const cores = availableParallelism();
  return quota === null ? cores : Math.max(1, Math.min(cores, Math.floor(quota)));
}

export interface Memory {
  /** Bytes. `available` is what can be had without swapping, page cache included. */
  readonly total: number;
  readonly available: number;
}

export function usableMemory(): Memory {
  const meminfo = read('/proc/meminfo');
  const kilobytes = /^MemAvailable:\s+(\d+) kB/m.exec(meminfo ?? '')?.[1];
  const available = kilobytes === undefined ? freemem() : Number(kilobytes) * 1024;
  const limit = Number(
    read('/sys/fs/cgroup/memory.max') ?? read('/sys/fs/cgroup/memory/memory.limit_in_bytes') ?? 'max',
  );
  const used = Number(
    read('/sys/fs/cgroup/memory.current') ?? read('/sys/fs/cgroup/memory/memory.usage_in_bytes') ?? 0,
  );
  if (!Number.isFinite(limit) || limit >= totalmem()) return { total: totalmem(), available };
  return { total: limit, available: Math.max(0, Math.min(available, limit - used)) };
}

/** cgroup v2 then v1; null when there is no quota. */
function cgroupQuota(): number | null {
  const [max, period] = (read('/sys/fs/cgroup/cpu.max') ?? '').split(/\s+/);
  if (Number(max) > 0 && Number(period) > 0) return Number(max) / Number(period);
  const quota = Number(read('/sys/fs/cgroup/cpu/cpu.cfs_quota_us') ?? -1);
  const every = Number(read('/sys/fs/cgroup/cpu/cpu.cfs_period_us') ?? 0);
  return quota > 0 && every > 0 ? quota / every : null;
}

function read(path: string): string | null {
  try {
    return readFileSync(path, 'utf8').trim();
  } catch {
    return null;
  }
}
