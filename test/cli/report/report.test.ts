/** `libra report`: a page that needs nothing else, safe whatever the docs say, read beside a daemon that holds the data directory. */
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { composeReport } from '../../../src/cli/report/compose-report.ts';
import { drawSvg } from '../../../src/cli/report/draw-svg.ts';
import { renderReportHtml } from '../../../src/cli/report/render-html.ts';
import { renderReportMarkdown } from '../../../src/cli/report/render-markdown.ts';
import type { ReportChart } from '../../../src/cli/report/report-document.ts';
import { writeReport } from '../../../src/cli/report/write-report.ts';
import { readReport } from '../../../src/daemon/read-report.ts';
import { ALERT, NODE, RUN, type Seeded, seedStore } from '../../api/seeded-store.ts';

let seeded: Seeded;
beforeEach(() => {
  seeded = seedStore();
});
afterEach(() => seeded.close());

const NOW = Date.UTC(2026, 4, 6, 7, 8);
const compose = (language: 'en' | 'zh', samples: 'full' | 'ids' | 'none' = 'full') =>
  composeReport(readReport(seeded.store, RUN), { language, samples, now: NOW, version: '9.9' });
const html = (...args: Parameters<typeof compose>) => renderReportHtml([compose(...args)]);

it('says what a team lead asks: facts, trends, verdicts, alerts with evidence, telemetry, advice, provenance, limits', () => {
  const page = html('en');
  for (const said of [
    'zh en small 双语: training report',
    'Made by Libra 9.9 at 2026-05-06 07:08 UTC',
    '1 open alert: zh en small 双语: Semantic relations regressed, step 1,000',
    'Last good checkpoint: step 900, /train/out/checkpoint-900',
    '13, 12 of them evaluated (1 failed)',
    '100 - 1,300 / 2,000',
    '3,686,400',
    'Semantic relations: 65.0 % -&gt; 45.0 % (-20.0 points [-25.0, -15.0], 95 % interval, 300 docs)',
    'learning rate 0.001 -&gt; 0.005',
    'Not finite: loss, gradient norm at step 1,120.',
    'Roll back to step 900 (medium confidence) Why: The learning rate rose fivefold. But: The loss recovers.',
    '1 checkpoint was not measured (1,300 failed: The architecture Mamba is not supported.)',
    'embedded 1, float32, cpu',
    '/tasks/antonyms_zh.yaml',
  ]) {
    expect(page).toContain(said);
  }
  // The alert, the gap at step 500 of this node, and the drop.
  const chart = /<figcaption><b>Semantic relations<\/b>.*?<\/svg>/.exec(page)![0];
  expect(chart).toMatch(/<line class="mark alert"/);
  expect(chart.match(/class="gap"/g)).toHaveLength(2);
  expect(chart.match(/<polyline/g)).toHaveLength(2);
  expect(chart).toContain('class="dot bad"');
});

it('says it in Chinese, and in both', () => {
  const zh = html('zh');
  expect(zh).toContain('lang="zh-CN"');
  expect(zh).toContain('语义关系');
  expect(zh).toContain('最后一个正常的检查点：第 900 步');
  expect(zh).not.toMatch(/What this report|Verdicts at/);
  const both = renderReportHtml([compose('en'), compose('zh')]);
  expect(both).toMatch(/<nav><a href="#en">English<\/a> · <a href="#zh">中文<\/a><\/nav>/);
});

it('is a page that calls nothing and runs nothing, whatever the docs and the team say', () => {
  const evil = `"><script>alert(1)</script><img src=x onerror=alert(1)>\u202e\u001b[31m| \`x\` [a](javascript:b)`;
  const store = seeded.store;
  const example = { task: evil, docId: evil, question: evil, expected: evil, before: evil, after: evil };
  store.alerts.save({ ...ALERT, examples: [example], lastGoodCheckpoint: evil });
  store.alerts.save({ ...ALERT, state: 'acknowledged', examples: [example] }, evil, evil);
  const page = html('en');
  expect(page).not.toMatch(/<(script|img|link|iframe|object|form)\b/i);
  expect(page.replace(/&lt;.*?&gt;/g, '')).not.toMatch(/ (src|href)="(?!#)/);
  expect(page).not.toMatch(/https?:\/\//);
  expect(page).not.toMatch(/\p{Cf}|(?!\n)\p{Cc}/u);
  const text = renderReportMarkdown([compose('en')]);
  expect(text).not.toMatch(/<script|<img/);
  expect(text).not.toMatch(/(?<!\\)\[a(?<!\\)\]\(/);
  expect(text).not.toMatch(/\p{Cf}|(?!\n)\p{Cc}/u);
});

it('shows of docs what the configuration lets out', () => {
  expect(html('en', 'full')).toContain('大的反义词是?');
  expect(html('en', 'ids')).not.toContain('大的反义词是?');
  expect(html('en', 'ids')).toContain('antonyms_zh doc-3');
  expect(html('en', 'none')).not.toContain('doc-3');
});

it('shows what the team answered and where that capability stands now', () => {
  seeded.store.alerts.save({ ...ALERT, state: 'acknowledged' }, 'mei', 'zh share raised to 0.3');
  expect(html('en')).toMatch(
    /mei: open, acknowledged, &quot;zh share raised to 0.3&quot; \(Semantic relations: 65.0 % before, 45.0 % when it fired, 45.0 % \[39.5, 50.7\] now\)/,
  );
});

it('writes Markdown with one table row a capability', () => {
  const text = renderReportMarkdown([compose('en')]);
  expect(text).toMatch(/^# zh en small 双语: training report\n/);
  expect(text).toMatch(/\n\| Semantic relations \| `[▁-█ ]+` \| 45\.0 % \\\[39\.5, 50\.7\\\] at step 1,200 \|\n/);
  for (const row of text.split('\n').filter((line) => line.startsWith('| '))) expect(row).toMatch(/\|$/);
});

it('writes a file by the form its name asks for, while a daemon has the data directory', async () => {
  const place = mkdtempSync(join(tmpdir(), 'libra-report-'));
  const said: string[] = [];
  const output = { write: (text: string) => said.push(text) };
  try {
    const data = { data: seeded.directory };
    await writeReport(RUN, { ...data, output: join(place, 'a.html'), lang: 'both' }, output);
    await writeReport(RUN, { ...data, output: join(place, 'a.md'), lang: 'en' }, output);
    expect(said).toEqual([`${join(place, 'a.html')}\n`, `${join(place, 'a.md')}\n`]);
    expect(readFileSync(join(place, 'a.html'), 'utf8')).toMatch(/^<!doctype html>[\s\S]*<\/html>\n$/);
    expect(readFileSync(join(place, 'a.md'), 'utf8')).toMatch(/^# /);
    await expect(writeReport(RUN, { ...data, output: join(place, 'a.pdf') }, output)).rejects.toMatchObject({
      code: 'LIBRA_USAGE',
    });
    await expect(writeReport(RUN, { ...data, output: join(place, 'no/a.md') }, output)).rejects.toMatchObject({
      code: 'LIBRA_USAGE',
    });
    await expect(writeReport('nobody', data, output)).rejects.toMatchObject({ code: 'LIBRA_RUN_UNKNOWN' });
  } finally {
    rmSync(place, { recursive: true, force: true });
  }
});

it('has something to say of a run without any evaluation', () => {
  seeded.store.runs.add({ id: 'fresh', name: 'fresh', path: '/train/fresh' });
  const document = composeReport(readReport(seeded.store, 'fresh'), {
    language: 'en',
    samples: 'ids',
    now: NOW,
    version: '1',
  });
  const page = renderReportHtml([document]);
  expect(page).toContain('No checkpoint was evaluated yet');
  expect(page).not.toMatch(/NaN|undefined|Infinity/);
  expect(renderReportMarkdown([document])).not.toMatch(/NaN|undefined|Infinity/);
});

it('draws one point, equal points, extreme and missing ones without a broken number', () => {
  const chart = (values: readonly (number | null)[], segments: readonly string[] = []): ReportChart => ({
    title: NODE,
    note: '',
    tone: 'plain',
    marks: [{ x: 2, kind: 'alert', text: 'x' }],
    formatValue: String,
    formatX: String,
    points: values.map((value, x) => ({
      x,
      value,
      low: value === null ? null : value - 1,
      high: value === null ? null : value + 1,
      segment: segments[x] ?? null,
      tone: 'plain',
    })),
  });
  for (const values of [[0.5], [1, 1, 1], [1e-300, 2e-300], [1e300, -1e300], [null, null], [], [0, 0, null, 0]]) {
    expect(drawSvg(chart(values), 'nothing')).not.toMatch(/NaN|Infinity|undefined/);
  }
  expect(drawSvg(chart([null]), 'nothing')).toContain('nothing');
  expect(drawSvg(chart([1, 2, 3, 4], ['a', 'a', 'b', 'b']), '').match(/<polyline/g)).toHaveLength(2);
});
