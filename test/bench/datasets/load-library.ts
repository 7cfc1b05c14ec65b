/** Loads all tasks of a folder once and prints, as JSON, the processor time that took. */
import { loadTasks } from '../../../src/evaluation/tasks/task-loader.ts';

const from = process.cpuUsage();
const { tasks, problems } = await loadTasks({ includePaths: [process.argv[2]!] });
const { user, system } = process.cpuUsage(from);
const milliseconds = (user + system) / 1000;
process.stdout.write(JSON.stringify({ milliseconds, tasks: tasks.length, unavailable: problems.length }));
