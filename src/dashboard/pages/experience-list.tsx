import type { ReactNode } from 'react';
import type { Outcome } from '../api/command';
import type { PagedKind } from '../api/kinds';
import type { EntityStatus } from '../generated/operations';
import { useAddress } from '../shell/address';
import { StatusBadge, statusText } from '../ui/badge';
import { Choice } from '../ui/choice';
import type { Column } from '../ui/grid';
import { changedColumn, menuColumn } from '../ui/row-columns';
import { ListPage } from '../ui/list-page';
import type { Act } from '../ui/menu';
import type { Acting } from '../ui/actor-name';
import { OpenLink } from '../ui/open-link';
import { useArchiving } from '../ui/use-archiving';
import { experienceWords as text } from '../words/experiences';

interface Experience {
  readonly id: string;
  readonly name: string;
  readonly status: EntityStatus;
  readonly description: string;
  readonly updatedAt: string;
  readonly updatedBy: Acting;
}

interface ExperienceListProps<Row extends Experience> {
  readonly kind: PagedKind;
  readonly text: Parameters<typeof ListPage>[0]['text'];
  readonly list: { readonly rows: readonly Row[] | undefined; readonly error: unknown; readonly refetch: () => unknown };
  readonly statuses: readonly EntityStatus[];
  readonly keysOf: (row: Row) => readonly string[];
  readonly summary: Column<Row>;
  /** Between editing and archiving. */
  readonly others?: (row: Row) => readonly Act[];
  readonly archive: (row: Row) => Promise<Outcome<unknown>>;
  readonly restore: (row: Row) => Promise<Outcome<unknown>>;
  readonly drawer: (id: string, onClose: () => void) => ReactNode;
}

/** The list of flags, configs or tests: name, status, keys, and what is special to each kind. */
export function ExperienceList<Row extends Experience>(props: ExperienceListProps<Row>) {
  const { kind, list, statuses, keysOf, summary, archive, restore, drawer, others = () => [] } = props;
  const [address, setAddress] = useAddress();
  const archiving = useArchiving<Row>({ name: ({ name }) => name, archive, restore });
  const status = address['status'] ?? '';
  const rows = status === '' ? list.rows : list.rows?.filter((row) => row.status === status);
  const columns: readonly Column<Row>[] = [
    {
      id: 'name',
      width: 'minmax(100px, 2fr)',
      head: text.name,
      sort: ({ name }) => name,
      cell: ({ id, name }) => (
        <div className="cut strong">
          <OpenLink id={id}>{name}</OpenLink>
        </div>
      ),
    },
    { id: 'status', width: '92px', head: text.status, sort: (row) => row.status, cell: (row) => <StatusBadge status={row.status} /> },
    {
      id: 'keys',
      width: 'minmax(110px, 1.5fr)',
      second: true,
      head: text.keys,
      cell: (row) => <code className="cut">{keysOf(row).join(', ')}</code>,
    },
    summary,
    changedColumn(),
    menuColumn(kind, { ...archiving, others, isArchived: (row) => row.status === 'ARCHIVED', edit: ({ id }) => setAddress({ edit: id }) }),
  ];
  return (
    <ListPage
      text={props.text}
      right="WRITE_EXPERIENCES"
      list={{ ...list, rows }}
      columns={columns}
      rowId={({ id }) => id}
      searched={(row) => `${row.name} ${row.description} ${keysOf(row).join(' ')}`}
      filters={
        <Choice
          label={text.status}
          bare
          value={status}
          options={['', ...statuses].map((id) => ({ id, text: id === '' ? text.anyStatus : statusText(id) }))}
          onChange={(value) => setAddress({ status: value }, true)}
        />
      }
    >
      {archiving.dialog}
      {address['edit'] === undefined ? null : drawer(address['edit'], () => setAddress({ edit: undefined }))}
    </ListPage>
  );
}
