import type { KeyRowFragment } from '../../generated/operations';
import { OpenLink } from '../../ui/open-link';
import { TypeBadge } from '../../ui/badge';
import { Check } from '../../ui/check';
import type { Column } from '../../ui/grid';
import { changedColumn, menuColumn, usedByColumn } from '../../ui/row-columns';
import { Value } from '../../ui/value';
import { keyWords } from '../../words/setup';

interface KeyColumns {
  readonly rows: readonly KeyRowFragment[];
  readonly selected: ReadonlySet<string>;
  readonly setSelected: (selected: ReadonlySet<string>) => void;
  readonly archive: (row: KeyRowFragment) => void;
  readonly restore: (row: KeyRowFragment) => void;
  readonly open: (row: KeyRowFragment) => void;
}

const { columns } = keyWords;

export function keyColumns({ rows, selected, setSelected, archive, restore, open }: KeyColumns): readonly Column<KeyRowFragment>[] {
  const all = rows.length > 0 && selected.size === rows.length;
  const toggle = (id: string, on: boolean) => {
    const next = new Set(selected);
    if (on) next.add(id);
    else next.delete(id);
    setSelected(next);
  };
  return [
    {
      id: 'select',
      width: '20px',
      second: true,
      head: (
        <Check
          label={keyWords.selectAll}
          checked={all}
          some={selected.size > 0 && !all}
          onChange={(on) => setSelected(new Set(on ? rows.map(({ id }) => id) : []))}
        />
      ),
      cell: ({ id, name }) => <Check label={keyWords.select(name)} checked={selected.has(id)} onChange={(on) => toggle(id, on)} />,
    },
    {
      id: 'name',
      width: 'minmax(100px, 2fr)',
      head: columns.name,
      sort: ({ name }) => name,
      cell: (row) => (
        <div className="cut mono">
          <OpenLink id={row.id}>{row.name}</OpenLink>
        </div>
      ),
    },
    { id: 'type', width: '84px', head: columns.type, sort: ({ type }) => type, cell: ({ type }) => <TypeBadge type={type} /> },
    {
      id: 'default',
      width: 'minmax(90px, 1.2fr)',
      second: true,
      head: columns.default,
      cell: ({ defaultValue }) => (
        <div className="cut">
          <Value value={defaultValue} />
        </div>
      ),
    },
    {
      id: 'description',
      width: 'minmax(120px, 2fr)',
      second: true,
      head: columns.description,
      cell: ({ description }) => (
        <div className="cut quiet" dir="auto">
          {description}
        </div>
      ),
    },
    usedByColumn(),
    changedColumn(),
    menuColumn('KEY', { isArchived: ({ archived }) => archived, edit: open, archive, restore }),
  ];
}
