/** What the built-in library knows of tasks by their names alone: capabilities and primary metric, without any data set. */
import { LIBRARY } from './library.ts';
import { readCapabilities } from './task-capabilities.ts';
import { indexTasks, type TaskIndex } from './task-index.ts';

export interface LibraryFacts {
  readonly capabilities: readonly string[];
  /** Null where its file names none. */
  readonly primaryMetric: string | null;
}

/** By name; a name the library does not have is not there. */
export async function libraryFactsOf(names: ReadonlySet<string>): Promise<ReadonlyMap<string, LibraryFacts>> {
  if (names.size === 0) return new Map();
  const index = await indexTasks([LIBRARY]);
  const known = [...names].flatMap((name) => {
    const facts = taskFacts(index, name) ?? groupFacts(index, name);
    return facts === null ? [] : [[name, facts] as const];
  });
  return new Map(known);
}

function taskFacts({ tasks }: TaskIndex, name: string): LibraryFacts | null {
  const file = tasks.get(name);
  if (file === undefined) return null;
  const listed = [file.fields.metric_list ?? []].flat()[0] as { readonly metric?: unknown } | undefined;
  return {
    capabilities: readCapabilities(file.fields, file.path),
    primaryMetric: typeof listed?.metric === 'string' ? listed.metric : null,
  };
}

/** The mean of a group shows what all its tasks show. */
function groupFacts(index: TaskIndex, name: string): LibraryFacts | null {
  const members = membersOf(index, name).flatMap((member) => taskFacts(index, member) ?? []);
  const [first, ...others] = members;
  if (first === undefined) return null;
  return {
    capabilities: first.capabilities.filter((id) => others.every(({ capabilities }) => capabilities.includes(id))),
    primaryMetric: first.primaryMetric,
  };
}

function membersOf(index: TaskIndex, name: string, seen: readonly string[] = []): string[] {
  const group = index.groups.get(name);
  if (group === undefined) return index.tags.get(name)?.slice() ?? (index.tasks.has(name) ? [name] : []);
  if (seen.includes(name)) return [];
  const parts = [group.fields.task ?? []].flat();
  return parts.flatMap((part) => {
    const inner = typeof part === 'string' ? part : (part as { readonly task?: unknown; group?: unknown } | null)?.task;
    return typeof inner === 'string' ? membersOf(index, inner, [...seen, name]) : [];
  });
}
