/** A report as Markdown that stays readable as text; every text from outside is escaped, so that it formats nothing and holds no HTML. */
import { cleanLine } from '../../alert/clean-text.ts';
import { drawSparkline } from '../../system/sparkline.ts';
import type { ReportBlock, ReportChart, ReportDocument } from './report-document.ts';

const COLUMNS = 24;

/** One document a language, the first one first. */
export function renderReportMarkdown(documents: readonly ReportDocument[]): string {
  return documents
    .map(({ title, byline, blocks }) => [`# ${text(title)}`, text(byline), ...blocks.map(render)].join('\n\n'))
    .join('\n\n---\n\n')
    .concat('\n');
}

function render(block: ReportBlock): string {
  switch (block.kind) {
    case 'heading':
      return `## ${text(block.text)}`;
    case 'paragraph':
      return text(block.text);
    case 'list':
      return list(block.items);
    case 'facts':
      return list(block.rows.map(([label, value]) => `${label}: ${value}`));
    case 'table': {
      const rule = block.columns.map(({ align }) => (align === 'right' ? '--:' : ':--'));
      return table(
        block.columns.map(({ title }) => title),
        rule,
        block.rows.map((row) => row.map((cell) => (cell.tone === 'bad' ? `**${text(cell.text)}**` : text(cell.text)))),
      );
    }
    case 'charts':
      return table(
        ['', '', ''],
        [':--', ':--', ':--'],
        block.charts.map((chart) => [text(chart.title), `\`${spark(chart)}\``, text(chart.note)]),
      );
    case 'alert':
      return [
        `### ${text(block.title)}`,
        `*${text(block.state)}*`,
        text(block.lead),
        ...block.sections.map(({ heading, lines }) => `${text(heading)}:\n\n${list(lines)}`),
      ].join('\n\n');
  }
}

function spark({ points }: ReportChart): string {
  return drawSparkline(
    points.map(({ value }) => value),
    COLUMNS,
  );
}

function table(titles: readonly string[], rule: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]): string => `| ${cells.join(' | ')} |`;
  return [line(titles.map(text)), line(rule), ...rows.map(line)].join('\n');
}

function list(items: readonly string[]): string {
  return items.map((item) => `- ${text(item)}`).join('\n');
}

function text(value: string): string {
  return (
    cleanLine(value, 2000)
      .replace(/[\\`*_{}[\]#|~]/g, '\\$&')
      .replace(/&/g, '&amp;')
      .replace(/</g, '&lt;')
      .replace(/>/g, '&gt;')
      // At the beginning of a line these would be a list or a rule.
      .replace(/^(\d+)([.)])(?=\s|$)/, '$1\\$2')
      .replace(/^([-+=])(?=\s|$|\1)/, '\\$1')
  );
}
