/** A report before it has a form: blocks of text, tables and charts, in one language. Every text in it may come from outside and is escaped by the renderer. */

/** How a cell or an alert is felt: red, amber, green, or nothing. */
export type Tone = 'bad' | 'warn' | 'good' | 'plain';

export interface ReportCell {
  readonly text: string;
  readonly tone?: Tone;
}

export interface ReportColumn {
  readonly title: string;
  readonly align?: 'left' | 'right';
}

export interface ReportChartPoint {
  readonly x: number;
  /** Null: it was not measured there, and the line breaks. */
  readonly value: number | null;
  readonly low: number | null;
  readonly high: number | null;
  /** The line breaks where it changes: both sides were scored differently. */
  readonly segment: string | null;
  readonly tone: Tone;
}

export interface ReportMark {
  readonly x: number;
  readonly kind: 'alert' | 'over' | 'change';
  readonly text: string;
}

export interface ReportChart {
  readonly title: string;
  /** The newest value with its interval; empty when there is none. */
  readonly note: string;
  readonly tone: Tone;
  readonly points: readonly ReportChartPoint[];
  readonly marks: readonly ReportMark[];
  readonly formatValue: (value: number) => string;
  readonly formatX: (x: number) => string;
}

export type ReportBlock =
  | { readonly kind: 'heading'; readonly text: string }
  | { readonly kind: 'paragraph'; readonly text: string }
  | { readonly kind: 'list'; readonly items: readonly string[] }
  | { readonly kind: 'facts'; readonly rows: readonly (readonly [label: string, value: string])[] }
  | {
      readonly kind: 'table';
      readonly columns: readonly ReportColumn[];
      readonly rows: readonly (readonly ReportCell[])[];
    }
  | { readonly kind: 'charts'; readonly charts: readonly ReportChart[]; readonly legend: string }
  | {
      readonly kind: 'alert';
      readonly tone: Tone;
      readonly title: string;
      /** State, and when it got there. */
      readonly state: string;
      readonly lead: string;
      readonly sections: readonly { readonly heading: string; readonly lines: readonly string[] }[];
    };

export interface ReportDocument {
  readonly language: 'en' | 'zh';
  readonly title: string;
  /** One line under the title: when it was made, of what. */
  readonly byline: string;
  readonly blocks: readonly ReportBlock[];
}
