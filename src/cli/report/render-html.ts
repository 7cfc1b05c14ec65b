/** A report as one HTML page that needs nothing else: styles and charts are inside, no script, no address is called. */
import { cleanLine, cleanText } from '../../alert/clean-text.ts';
import { escapeHtml } from '../../alert/render-html.ts';
import { drawSvg } from './draw-svg.ts';
import type { ReportBlock, ReportCell, ReportColumn, ReportDocument } from './report-document.ts';
import { REPORT_STYLE } from './report-style.ts';

const TAGS = { en: 'en', zh: 'zh-CN' } as const;
const NAMES = { en: 'English', zh: '中文' } as const;
const NOTHING = { en: 'nothing measured yet', zh: '尚无测量' } as const;

/** One article a language, the first one first. */
export function renderReportHtml(documents: readonly ReportDocument[]): string {
  const [first] = documents;
  const links = documents.map(({ language }) => `<a href="#${language}">${NAMES[language]}</a>`).join(' · ');
  return (
    `<!doctype html>\n<html lang="${TAGS[first!.language]}"><head><meta charset="utf-8">` +
    `<meta name="viewport" content="width=device-width, initial-scale=1"><meta name="color-scheme" content="light dark">` +
    // Whatever slipped through the escaping could still neither run nor call home.
    `<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">` +
    `<title>${text(first!.title)}</title><style>${REPORT_STYLE}</style></head>\n<body>` +
    `${documents.length > 1 ? `<nav>${links}</nav>` : ''}${documents.map(article).join('\n')}</body></html>\n`
  );
}

function article(document: ReportDocument): string {
  const { language, title, byline, blocks } = document;
  return (
    `<article id="${language}" lang="${TAGS[language]}"><header><h1>${text(title)}</h1><p>${text(byline)}</p></header>\n` +
    `${blocks.map((block) => render(block, language)).join('\n')}\n</article>`
  );
}

function render(block: ReportBlock, language: 'en' | 'zh'): string {
  switch (block.kind) {
    case 'heading':
      return `<h2>${text(block.text)}</h2>`;
    case 'paragraph':
      return `<p>${text(block.text)}</p>`;
    case 'list':
      return list(block.items);
    case 'facts':
      return `<dl>${block.rows.map(([label, value]) => `<div><dt>${text(label)}</dt><dd>${text(value)}</dd></div>`).join('')}</dl>`;
    case 'table':
      return table(block.columns, block.rows);
    case 'charts':
      return `<div class="charts">${block.charts
        .map(
          (chart) =>
            `<figure class="${chart.tone}"><figcaption><b>${text(chart.title)}</b> <span>${text(chart.note)}</span></figcaption>${drawSvg(chart, NOTHING[language])}</figure>`,
        )
        .join('')}</div><p class="legend">${text(block.legend)}</p>`;
    case 'alert':
      return (
        `<section class="alert ${block.tone}"><h3>${text(block.title)}</h3><p class="state">${text(block.state)}</p><p>${text(block.lead)}</p>` +
        `${block.sections.map(({ heading, lines }) => `<h4>${text(heading)}</h4>${list(lines)}`).join('')}</section>`
      );
  }
}

function list(items: readonly string[]): string {
  return `<ul>${items.map((item) => `<li>${text(item)}</li>`).join('')}</ul>`;
}

function table(columns: readonly ReportColumn[], rows: readonly (readonly ReportCell[])[]): string {
  const side = (at: number): string => (columns[at]?.align === 'right' ? ' class="right"' : '');
  const head = columns.map(({ title }, at) => `<th scope="col"${side(at)}>${text(title)}</th>`).join('');
  const body = rows.map(
    (cells) =>
      `<tr>${cells
        .map(
          ({ text: inner, tone = 'plain' }, at) =>
            `<td${side(at)}>${tone === 'plain' ? text(inner) : `<span class="tone ${tone}">${text(inner)}</span>`}</td>`,
        )
        .join('')}</tr>`,
  );
  return `<div class="wide"><table><thead><tr>${head}</tr></thead><tbody>${body.join('')}</tbody></table></div>`;
}

function text(value: string): string {
  return escapeHtml(cleanLine(cleanText(value), 2000));
}
