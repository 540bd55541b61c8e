import type { ReactNode } from 'react';

interface FiguresTableProps {
  readonly label: string;
  readonly heads: readonly string[];
  /** The first cell of each names the row. */
  readonly rows: readonly (readonly ReactNode[])[];
}

/** A small table of numbers that scrolls in itself where the page is narrow. */
export function FiguresTable({ label, heads, rows }: FiguresTableProps) {
  return (
    <div className="panel table-scroll" tabIndex={0} role="region" aria-label={label}>
      <table>
        <caption className="visually-hidden">{label}</caption>
        <thead>
          <tr>
            {heads.map((head) => (
              <th key={head} scope="col">
                {head}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {rows.map(([name, ...cells], at) => (
            <tr key={at}>
              <th scope="row">{name}</th>
              {cells.map((cell, column) => (
                <td key={column}>{cell}</td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}
