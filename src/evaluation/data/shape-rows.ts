/** The rows of a file -> the rows a task sees: columns as its templates name them, and only the rows it asks for. */

import { parsePythonLiteral } from '../python/python-literal.ts';
import { isDict } from '../python/python-value.ts';
import { compileTemplate } from '../template/render-template.ts';
import type { Row } from './dataset.ts';
import type { ColumnSource, LocalLayout } from './local-layout.ts';
import { keepsRow, type RowFilter } from './row-filter.ts';

/** Null for a row that is none of the task's docs. @throws Error when the file has not the columns that are needed */
export type ShapeRow = (row: Row) => Row | null;

/** What a layout needs beside its file: the rows of its `join`, by the value of the column they are joined on. */
export type JoinedRows = Readonly<Record<string, Row>> | null;

/** @returns null when rows stay as they are */
export function createShapeRow(
  layout: LocalLayout | null,
  joined: JoinedRows,
  filter: RowFilter | null,
): ShapeRow | null {
  const columns = layout?.columns == null ? null : Object.entries(layout.columns).map(columnOf);
  const by = layout?.join?.by ?? null;
  if (columns === null && by === null && filter === null) return null;
  return (row) => {
    const whole = by === null ? row : joinRow(row, by, joined);
    const shaped = columns === null ? whole : Object.fromEntries(columns.map(([name, read]) => [name, read(whole)]));
    return filter === null || keepsRow(filter, shaped) ? shaped : null;
  };
}

function joinRow(row: Row, by: string, joined: JoinedRows): Row {
  const key = String(row[by]);
  if (joined === null || !Object.hasOwn(joined, key)) throw new Error(`there is nothing to join for ${by} ${key}`);
  return { ...joined[key], ...row };
}

type ReadColumn = (row: Row) => unknown;

function columnOf([name, source]: [string, ColumnSource]): readonly [string, ReadColumn] {
  return [name, reading(source)];
}

/**
 * A name is that column with its value as it is (`question.stem`: a key within it); a template gives text, or the number or list that
 * it spells; lists and mappings hold any of them.
 */
function reading(source: ColumnSource): ReadColumn {
  if (typeof source === 'number') return () => source;
  if (typeof source === 'string') return /\{[{%]/.test(source) ? rendering(source) : named(source);
  if (Array.isArray(source)) {
    const items = source.map(reading);
    return (row) => items.map((item) => item(row));
  }
  const entries = Object.entries(source).map(columnOf);
  return (row) => Object.fromEntries(entries.map(([key, read]) => [key, read(row)]));
}

function named(column: string): ReadColumn {
  return (row) => {
    if (Object.hasOwn(row, column)) return row[column];
    let value: unknown = row;
    for (const key of column.split('.')) {
      if (!isDict(value) || !Object.hasOwn(value, key)) {
        throw new Error(`the column '${column}' is not there; there are ${Object.keys(row).join(', ')}`);
      }
      value = value[key];
    }
    return value;
  };
}

function rendering(source: string): ReadColumn {
  const render = compileTemplate(source);
  return (row) => {
    const text = render(row);
    if (/^(?:0|-?[1-9]\d{0,14})$/.test(text)) return Number(text);
    return /^\[.*\]$/s.test(text) ? parsePythonLiteral(text) : text;
  };
}
