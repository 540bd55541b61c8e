import { send } from '../../api/command';
import { useList } from '../../api/list';
import { targetOf } from '../../api/target';
import { ArchiveGoalDocument, GoalsDocument, RestoreGoalDocument, type GoalRowFragment } from '../../generated/operations';
import { useAddress } from '../../shell/address';
import { Changed } from '../../ui/changed';
import type { Column } from '../../ui/grid';
import { ListPage } from '../../ui/list-page';
import { RowMenu } from '../../ui/menu';
import { OpenLink } from '../../ui/open-link';
import { useArchiving } from '../../ui/use-archiving';
import { goalWords as text, keyWords } from '../../words/setup';
import { words } from '../../words/words';
import { GoalDrawer } from './goal-drawer';

export function Goals() {
  const [address, setAddress] = useAddress();
  const list = useList<GoalRowFragment>(GoalsDocument, address['archived'] === 'yes');
  const archiving = useArchiving<GoalRowFragment>({
    name: ({ name }) => name,
    archive: (row) => send(ArchiveGoalDocument, targetOf(row)),
    restore: (row) => send(RestoreGoalDocument, targetOf(row)),
  });
  const columns: readonly Column<GoalRowFragment>[] = [
    {
      id: 'name',
      width: 'minmax(160px, 2fr)',
      head: text.name,
      sort: ({ name }) => name,
      cell: (row) => (
        <div className="cut strong">
          <OpenLink id={row.id}>{row.name}</OpenLink>
        </div>
      ),
    },
    {
      id: 'measure',
      width: 'minmax(160px, 3fr)',
      head: text.measure,
      cell: ({ measureText }) => <div className="cut sentence">{measureText}</div>,
    },
    {
      id: 'use',
      width: '92px',
      second: true,
      head: keyWords.columns.use,
      sort: ({ usedBy }) => usedBy.length,
      cell: ({ usedBy }) => (usedBy.length === 0 ? <span className="quiet">{keyWords.none}</span> : keyWords.uses(usedBy.length)),
    },
    {
      id: 'changed',
      width: '190px',
      second: true,
      head: keyWords.columns.changed,
      sort: ({ updatedAt }) => updatedAt,
      cell: (row) => <Changed thing={row} />,
    },
    {
      id: 'menu',
      width: '28px',
      head: <span className="visually-hidden">{words.menu}</span>,
      cell: (row) => (
        <RowMenu
          kind="GOAL"
          id={row.id}
          name={row.name}
          acts={[
            { id: 'edit', text: words.edit, onAction: () => setAddress({ edit: row.id }) },
            row.archived
              ? { id: 'restore', text: words.restore, onAction: () => archiving.restore(row), action: 'RESTORE' }
              : { id: 'archive', text: words.archive, danger: true, onAction: () => archiving.archive(row), action: 'ARCHIVE' },
          ]}
        />
      ),
    },
  ];
  return (
    <ListPage text={text} list={list} columns={columns} rowId={({ id }) => id} searched={searched}>
      {archiving.dialog}
      {address['edit'] === undefined ? null : (
        <GoalDrawer key={address['edit']} id={address['edit']} onClose={() => setAddress({ edit: undefined })} />
      )}
    </ListPage>
  );
}

const searched = ({ name, description, event }: GoalRowFragment) => `${name} ${description} ${event}`;
