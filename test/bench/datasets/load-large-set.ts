/** Loads the tasks of a directory and prints, as JSON, how long that took and what it held at most. */
import { loadTasks } from '../../../src/evaluation/task-loader.ts';

const from = performance.now();
const { tasks, problems } = await loadTasks({ includePaths: [process.argv[2]!] });
if (problems[0]) throw problems[0].error;
const { summary, docs } = tasks[0]!;
const seconds = (performance.now() - from) / 1000;
const peakMegabytes = process.resourceUsage().maxRSS / 1024;
process.stdout.write(JSON.stringify({ seconds, peakMegabytes, kept: docs.length, size: summary.size }));
