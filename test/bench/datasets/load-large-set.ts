/** Loads the tasks of a directory and prints, as JSON, the processor time that took and what it held at most. */
import { loadTasks } from '../../../src/evaluation/tasks/task-loader.ts';

const from = process.cpuUsage();
const { tasks, problems } = await loadTasks({ includePaths: [process.argv[2]!] });
if (problems[0]) throw problems[0].error;
const { summary, docs } = tasks[0]!;
const { user, system } = process.cpuUsage(from);
const seconds = (user + system) / 1e6;
const peakMegabytes = process.resourceUsage().maxRSS / 1024;
process.stdout.write(JSON.stringify({ seconds, peakMegabytes, kept: docs.length, size: summary.size }));
