/** The page as people see it: every view of a recorded run, in both languages and themes, on a desk and on a phone, by mouse and by keyboard. */
import { readFile } from 'node:fs/promises';
import axe, { type AxeResults } from 'axe-core';
import type { Browser, Download, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { AlertReply } from '../../src/api/contract.ts';
import { BROWSER, keepPicture, type Look, openReader, type Reader, settled, startBrowser } from './browser.ts';
import { type ServedRun, serveForgetting } from './served-run.ts';

const LOOKS: readonly Look[] = [
  { language: 'en', theme: 'light', width: 1280 },
  { language: 'zh', theme: 'dark', width: 390 },
];
const HEADINGS = {
  en: { runs: 'Runs', alerts: 'Alerts', compare: 'Compare', samples: 'Samples' },
  zh: { runs: '训练', alerts: '告警', compare: '对比', samples: '样本' },
};
const RUN = '/runs/forgetting';
const BEFORE = 'forgetting-720';
const AFTER = 'forgetting-1120';

if (BROWSER === null) console.warn('The page is not tested: there is no chromium (LIBRA_CHROMIUM names one).');

describe.skipIf(BROWSER === null)('the page', () => {
  let served: ServedRun;
  let browser: Browser;
  let alert: AlertReply;

  beforeAll(async () => {
    [served, browser] = await Promise.all([serveForgetting(20), startBrowser()]);
    const { items } = (await (await fetch(`${served.base}/api/v1/alerts`)).json()) as { items: AlertReply[] };
    alert = items.find(({ kind }) => kind === 'regression')!;
  }, 120_000);
  afterAll(async () => {
    await browser?.close();
    await served?.[Symbol.asyncDispose]();
  });

  const views = (): Readonly<Record<string, string>> => ({
    runs: '/',
    run: `${RUN}?show=*,basic.knowledge,probe.lm`,
    alerts: '/alerts',
    alert: `/alerts/${alert.id}`,
    compare: `/compare?a=${BEFORE}&b=${AFTER}`,
    checkpoint: `/checkpoints/${AFTER}`,
    samples: `/checkpoints/${AFTER}/samples?against=${BEFORE}`,
  });

  it.each(LOOKS)('shows every view: $language, $theme, $width wide', async (look) => {
    const reader = await openReader(browser, served.base, look);
    for (const [name, path] of Object.entries(views())) {
      await reader.page.goto(path);
      await settled(reader.page);
      await keepPicture(reader.page, `${name}-${look.language}-${look.theme}-${look.width}`);
      const expected =
        (HEADINGS[look.language] as Record<string, string>)[name] ?? (name === 'alert' ? '' : 'forgetting');
      expect(await reader.page.textContent('h1')).toContain(expected);
      expect([name, await overflow(reader.page)]).toEqual([name, 0]);
      expect([name, await seriousFaults(reader.page)]).toEqual([name, []]);
    }
    expect(reader.complaints).toEqual([]);
    expect(reader.strangers).toEqual([]);
    await reader.context.close();
  });

  describe('for one reader', () => {
    let reader: Reader;
    let page: Page;
    beforeAll(async () => {
      reader = await openReader(browser, served.base, LOOKS[0]!);
      page = reader.page;
    });
    afterAll(() => reader.context.close());

    it('remembers language and theme, and has an address for what was chosen', async () => {
      await page.goto(RUN);
      await settled(page);
      await page.getByRole('button', { name: '切换到中文' }).click();
      await page.getByLabel('主题').selectOption('dark');
      await page.getByRole('checkbox', { name: /事实问答/ }).check();
      expect(page.url()).toContain('basic.knowledge.factual');
      await page.reload();
      await settled(page);
      expect(await page.getAttribute('html', 'lang')).toBe('zh-CN');
      expect(await page.getAttribute('html', 'data-theme')).toBe('dark');
      expect(await page.getByRole('checkbox', { name: /事实问答/ }).isChecked()).toBe(true);
      await page.getByRole('button', { name: 'Switch to English' }).click();
      await page.getByLabel('Theme').selectOption('auto');
    });

    it('is read and led to a comparison by keyboard alone', async () => {
      await page.goto(RUN);
      await settled(page);
      await page.getByRole('slider').focus();
      await page.keyboard.press('Home');
      expect(await page.textContent('.readout')).toMatch(/Step 80[\s\S]*Overall: [\d.]+ %[\s\S]*n \d+[\s\S]*Loss/);
      await page.keyboard.press('Enter');
      await page.keyboard.press('End');
      await page.keyboard.press('Enter');
      await page.getByRole('link', { name: 'Compare 80 with 1,440' }).focus();
      await page.keyboard.press('Enter');
      await settled(page);
      expect(page.url()).toContain('/compare?a=forgetting-80&b=forgetting-1440');
      await page.getByRole('searchbox').fill('no such doc');
      expect(await page.textContent('main')).toContain('No doc flipped among those shown.');
    });

    it('chooses two checkpoints by dragging over the trend', async () => {
      await page.goto(RUN);
      await settled(page);
      const box = (await page.locator('.chart').first().boundingBox())!;
      await page.mouse.move(box.x + box.width * 0.3, box.y + 150);
      await page.mouse.down();
      await page.mouse.move(box.x + box.width * 0.8, box.y + 150, { steps: 4 });
      await page.mouse.up();
      expect(await page.getByRole('link', { name: /^Compare [\d,]+ with [\d,]+$/ }).count()).toBe(1);
    });

    it('gives every chart as PNG, SVG and CSV', async () => {
      await page.goto(RUN);
      await settled(page);
      const save = async (kind: string): Promise<Download> => {
        const [download] = await Promise.all([
          page.waitForEvent('download'),
          page.getByRole('button', { name: kind }).first().click(),
        ]);
        return download;
      };
      const read = async (download: Download) => readFile((await download.path())!);
      const csv = (await read(await save('CSV'))).toString();
      expect(csv.split('\r\n')[1]).toMatch(/^\*,score,forgetting-80,80,245760,/);
      expect((await read(await save('SVG'))).toString()).toMatch(/^<svg[\s\S]*<path/);
      expect((await read(await save('PNG'))).subarray(1, 4).toString()).toBe('PNG');
    });

    it('says where there is nothing, and what to do', async () => {
      await page.goto('/runs/nope');
      expect(await page.textContent('[role=alert]')).toMatch(/no run .*nope/i);
      await page.goto('/alerts/some/where');
      expect(await page.textContent('h1')).toBe('There is no such page.');
      await page.goto('/compare');
      expect(await page.textContent('main')).toContain('Choose two checkpoints.');
    });

    it('asks for the token before it writes, and others see the answer at once', async () => {
      const other = await openReader(browser, served.base, LOOKS[0]!);
      await other.page.goto('/alerts');
      await settled(other.page);
      const state = other.page.locator('article', { has: other.page.locator(`a[href="/alerts/${alert.id}"]`) });
      await page.goto(`/alerts/${alert.id}`);
      await settled(page);
      await page.getByLabel('Note', { exact: true }).fill('looking into the data mix');
      await page.getByRole('button', { name: 'Acknowledge' }).click();
      await page.getByLabel('Token', { exact: true }).fill(served.token);
      await page.getByRole('button', { name: 'Use it' }).click();
      await page.waitForSelector('.timeline .badge.acknowledged');
      expect(await page.textContent('.timeline')).toContain('looking into the data mix');
      await state.locator('.badge.acknowledged').waitFor();
      await page.getByLabel(/What was changed/).fill('zh share 0 -> 0.3');
      await page.getByRole('button', { name: 'Mark it' }).click();
      await page.getByText('✎ zh share 0 -> 0.3').waitFor();
      await other.context.close();
    });
  });

  it('is small, packed and kept for good', async () => {
    const html = await (await fetch(served.base)).text();
    const script = /src="(\/assets\/[^"]+\.js)"/.exec(html)![1]!;
    const reply = await fetch(served.base + script, { headers: { 'accept-encoding': 'gzip' } });
    expect(reply.headers.get('content-encoding')).toBe('gzip');
    expect(reply.headers.get('cache-control')).toContain('immutable');
    expect(Number(reply.headers.get('content-length'))).toBeLessThan(250_000);
    expect((await fetch(`${served.base}/assets/..%2F..%2Fcli%2Fmain.js`)).status).toBe(404);
  });
});

/** How far the page is wider than its window. */
const overflow = (page: Page): Promise<number> =>
  page.evaluate('Math.max(0, document.documentElement.scrollWidth - innerWidth)');

/** What axe-core finds serious or critical. */
async function seriousFaults(page: Page): Promise<string[]> {
  await page.evaluate(axe.source);
  const { violations } = await page.evaluate<AxeResults>('axe.run()');
  return violations
    .filter(({ impact }) => impact === 'serious' || impact === 'critical')
    .map(
      ({ id, nodes }) =>
        `${id}: ${nodes
          .map(({ html }) => html)
          .slice(0, 3)
          .join(' ')}`,
    );
}
