/** Loads all tasks of a folder once and prints, as JSON, how long that took. */
import { loadTasks } from '../../../src/evaluation/task-loader.ts';

const from = performance.now();
const { tasks, problems } = await loadTasks({ includePaths: [process.argv[2]!] });
const milliseconds = performance.now() - from;
process.stdout.write(JSON.stringify({ milliseconds, tasks: tasks.length, unavailable: problems.length }));
