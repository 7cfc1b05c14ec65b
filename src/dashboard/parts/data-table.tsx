/** A table that can be taken away as CSV; figures stand right, and what is shown may be richer than what is saved. */
import type { ComponentChildren } from 'preact';
import { useWords } from '../words.ts';
import { type Cell, fileName, saveFile, toCsv } from './save-file.ts';

export interface Column<Row> {
  readonly head: string;
  readonly cell: (row: Row) => ComponentChildren;
  /** What is saved; the shown text by default where that is a text. */
  readonly save?: (row: Row) => Cell;
  readonly isNumber?: boolean;
}

interface DataTableProps<Row> {
  readonly name: string;
  readonly caption: string;
  readonly columns: readonly Column<Row>[];
  readonly rows: readonly Row[];
  readonly keyOf: (row: Row) => string;
}

export function DataTable<Row>({ name, caption, columns, rows, keyOf }: DataTableProps<Row>) {
  const words = useWords();
  const save = () =>
    saveFile(
      `${fileName(name)}.csv`,
      'text/csv',
      toCsv(
        columns.map((column) => column.head),
        rows.map((row) => columns.map((column) => savedCell(column, row))),
      ),
    );
  return (
    <>
      <div class="tools">
        {words.export}
        <button type="button" onClick={save}>
          CSV
        </button>
      </div>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reached by keyboard */}
      <section class="scroll" tabIndex={0} aria-label={caption}>
        <table class={columns.length > 4 ? 'wide' : ''}>
          <thead>
            <tr>
              {columns.map((column) => (
                <th key={column.head} scope="col" class={column.isNumber ? 'number' : ''}>
                  {column.head}
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {rows.map((row) => (
              <tr key={keyOf(row)}>
                {columns.map((column) => (
                  <td key={column.head} class={column.isNumber ? 'number' : ''}>
                    {column.cell(row)}
                  </td>
                ))}
              </tr>
            ))}
          </tbody>
        </table>
      </section>
    </>
  );
}

function savedCell<Row>(column: Column<Row>, row: Row): Cell {
  if (column.save) return column.save(row);
  const shown = column.cell(row);
  return typeof shown === 'string' || typeof shown === 'number' ? shown : null;
}
