import { send } from '../../api/command';
import { useList } from '../../api/list';
import { targetOf } from '../../api/target';
import { ArchiveGoalDocument, GoalsDocument, RestoreGoalDocument, type GoalRowFragment } from '../../generated/operations';
import { useAddress } from '../../shell/address';
import type { Column } from '../../ui/grid';
import { changedColumn, menuColumn, usedByColumn } from '../../ui/row-columns';
import { ListPage } from '../../ui/list-page';
import { OpenLink } from '../../ui/open-link';
import { Sentence } from '../../ui/sentence';
import { useArchiving } from '../../ui/use-archiving';
import { goalWords as text } from '../../words/setup';
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
      width: 'minmax(100px, 2fr)',
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
      width: 'minmax(100px, 3fr)',
      head: text.measure,
      cell: ({ measureText }) => (
        <div className="cut">
          <Sentence text={measureText} />
        </div>
      ),
    },
    usedByColumn(),
    changedColumn(),
    menuColumn('GOAL', { ...archiving, isArchived: ({ archived }) => archived, edit: ({ id }) => setAddress({ edit: id }) }),
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
