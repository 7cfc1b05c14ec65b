/** The trends of an alert in its message: as a line of bars for every channel, as pictures where they can be shown. */

import { drawSparkline } from '../system/sparkline.ts';
import type { MessageLanguage } from './alert-words.ts';
import { cleanLine } from './clean-text.ts';
import type { MessagePicture, MessageSection } from './message.ts';
import { sayStep } from './say.ts';
import { type AlertTrend, drawTrend } from './trend-picture.ts';

/** Bars of one line. */
const MOST_BARS = 24;

export function trendSection(trends: readonly AlertTrend[], language: MessageLanguage): MessageSection[] {
  if (trends.length === 0) return [];
  const lines = trends.map(({ name, points }) => {
    const steps = `${sayStep(points[0]!.step)} - ${sayStep(points.at(-1)!.step)}`;
    const bars = drawSparkline(
      points.map(({ value }) => value),
      MOST_BARS,
    );
    const what = cleanLine(name[language], 60);
    return language === 'zh' ? `${what}：${bars}（第 ${steps} 步）` : `${what}: ${bars} (steps ${steps})`;
  });
  return [{ heading: language === 'zh' ? '走势' : 'Trend', lines }];
}

export function trendPictures(trends: readonly AlertTrend[], languages: readonly MessageLanguage[]): MessagePicture[] {
  return trends.map((trend, position) => {
    const names = languages.map((language) => cleanLine(trend.name[language], 60)).join(' · ');
    return { name: `trend-${position + 1}`, svg: drawTrend(trend), alt: names };
  });
}
