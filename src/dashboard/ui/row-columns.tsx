import type { PagedKind } from '../api/kinds';
import { keyWords } from '../words/setup';
import { words } from '../words/words';
import type { Acting } from './actor-name';
import { Changed } from './changed';
import type { Column } from './grid';
import { RowMenu, type Act } from './menu';

/* The columns that the lists of all kinds have in common. */

export function usedByColumn<Row extends { readonly usedByCount: number }>(): Column<Row> {
  return {
    id: 'use',
    width: '92px',
    second: true,
    head: keyWords.columns.use,
    sort: ({ usedByCount }) => usedByCount,
    cell: ({ usedByCount }) => (usedByCount === 0 ? <span className="quiet">{keyWords.none}</span> : keyWords.uses(usedByCount)),
  };
}

export function changedColumn<Row extends { readonly updatedAt: string; readonly updatedBy: Acting }>(): Column<Row> {
  return {
    id: 'changed',
    width: 'minmax(120px, 190px)',
    second: true,
    head: keyWords.columns.changed,
    sort: ({ updatedAt }) => updatedAt,
    cell: (row) => <Changed thing={row} />,
  };
}

interface RowActs<Row> {
  readonly isArchived: (row: Row) => boolean;
  readonly edit: (row: Row) => void;
  readonly archive: (row: Row) => void;
  readonly restore: (row: Row) => void;
  /** Between editing and archiving. */
  readonly others?: (row: Row) => readonly Act[];
}

export function menuColumn<Row extends { readonly id: string; readonly name: string }>(
  kind: PagedKind,
  { isArchived, edit, archive, restore, others = () => [] }: RowActs<Row>,
): Column<Row> {
  return {
    id: 'menu',
    width: '28px',
    head: <span className="visually-hidden">{words.menu}</span>,
    cell: (row) => (
      <RowMenu
        kind={kind}
        id={row.id}
        name={row.name}
        acts={[
          { id: 'edit', text: words.edit, onAction: () => edit(row) },
          ...others(row),
          isArchived(row)
            ? { id: 'restore', text: words.restore, onAction: () => restore(row), action: 'RESTORE' }
            : { id: 'archive', text: words.archive, danger: true, onAction: () => archive(row), action: 'ARCHIVE' },
        ]}
      />
    ),
  };
}
