/** Reads a run beside a running daemon and writes the report on it. */
import { resolve } from 'node:path';
import { loadConfig } from '../../config/load.ts';
import { readReport } from '../../daemon/read-report.ts';
import { LibraError, messageOf } from '../../domain/errors.ts';
import { openStoreForReading } from '../../store/open-store.ts';
import { systemClock } from '../../system/clock.ts';
import { writeFileAtomic } from '../../system/files.ts';
import { VERSION } from '../../system/version.ts';
import type { ReportOptions } from '../commands/report.ts';
import { dataDirectoryOf } from '../data-directory.ts';
import { composeReport } from './compose-report.ts';
import { renderReportHtml } from './render-html.ts';
import { renderReportMarkdown } from './render-markdown.ts';

/** @throws LIBRA_RUN_UNKNOWN, LIBRA_USAGE when the file cannot be written, LIBRA_DIRECTORY_MISSING without a database */
export async function writeReport(
  run: string,
  options: ReportOptions,
  output: { write(text: string): unknown },
): Promise<void> {
  const { alerts } = loadConfig({ cwd: process.cwd(), env: process.env }).config;
  const format = options.format ?? formatOf(options.output);
  const language = options.lang ?? alerts.language;
  const store = openStoreForReading({ directory: dataDirectoryOf(options.data), now: systemClock.now });
  let text: string;
  try {
    const facts = readReport(store, run);
    const languages = language === 'both' ? (['en', 'zh'] as const) : [language];
    // A report is passed on, so what leaves with it is what may leave by a channel of others.
    const look = { samples: alerts.samples ?? 'ids', now: systemClock.now(), version: VERSION } as const;
    const documents = languages.map((each) => composeReport(facts, { language: each, ...look }));
    text = format === 'html' ? renderReportHtml(documents) : renderReportMarkdown(documents);
  } finally {
    store.close();
  }
  if (options.output === undefined || options.output === '-') {
    output.write(text);
    return;
  }
  const file = resolve(options.output);
  await writeFileAtomic(file, text).catch((error: unknown) => {
    throw new LibraError('LIBRA_USAGE', `The report cannot be written to ${file}: ${messageOf(error)}.`, {
      hint: 'Name a file in a directory that is there and that you may write to.',
      cause: error,
    });
  });
  output.write(`${file}\n`);
}

/** @throws LIBRA_USAGE when the name tells another form than there is */
function formatOf(file: string | undefined): 'html' | 'markdown' {
  const ending = /\.([^./\\]+)$/.exec(file ?? '')?.[1]?.toLowerCase();
  if (ending === undefined || ending === 'html' || ending === 'htm') return 'html';
  if (ending === 'md' || ending === 'markdown') return 'markdown';
  throw new LibraError('LIBRA_USAGE', `A report has no form for '.${ending}' files.`, {
    hint: 'Name a .html or .md file, or say which with --format html or --format markdown.',
  });
}
