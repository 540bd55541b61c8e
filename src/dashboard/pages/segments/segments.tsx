import { send } from '../../api/command';
import { useList } from '../../api/list';
import { targetOf } from '../../api/target';
import {
  ArchiveSegmentDocument,
  CloneSegmentDocument,
  RestoreSegmentDocument,
  SegmentsDocument,
  type SegmentRowFragment,
} from '../../generated/operations';
import { readRule, type StoredRule } from '../../rule/read';
import { writeRule } from '../../rule/write';
import { useAddress } from '../../shell/address';
import type { Column } from '../../ui/grid';
import { changedColumn, menuColumn, usedByColumn } from '../../ui/row-columns';
import { ListPage } from '../../ui/list-page';
import { OpenLink } from '../../ui/open-link';
import { Sentence } from '../../ui/sentence';
import { toast } from '../../ui/toasts';
import { useArchiving } from '../../ui/use-archiving';
import { estimateWords } from '../../words/estimates';
import { segmentWords as text } from '../../words/setup';
import { words } from '../../words/words';
import { UsersCell } from './rule-users';
import { SegmentDrawer } from './segment-drawer';

export function Segments() {
  const [address, setAddress] = useAddress();
  const list = useList<SegmentRowFragment>(SegmentsDocument, address['archived'] === 'yes');
  const archiving = useArchiving<SegmentRowFragment>({
    name: ({ name }) => name,
    archive: (row) => send(ArchiveSegmentDocument, targetOf(row)),
    restore: (row) => send(RestoreSegmentDocument, targetOf(row)),
  });
  const clone = async (row: SegmentRowFragment) => {
    const ended = await send(CloneSegmentDocument, targetOf(row));
    if (ended.type === 'refused') archiving.refuse(ended.refused);
    else if (ended.type === 'unknown') toast(ended.message);
    else if (ended.type === 'accepted') toast(words.accepted);
    else {
      toast(text.cloned(ended.value.name));
      setAddress({ edit: ended.value.id });
    }
  };
  const columns: readonly Column<SegmentRowFragment>[] = [
    {
      id: 'name',
      width: 'minmax(200px, 5fr)',
      head: text.name,
      sort: ({ name }) => name,
      cell: (row) => (
        <div className="two-lines">
          <span className="strong">
            <OpenLink id={row.id}>{row.name}</OpenLink>
          </span>
          <p>
            <Sentence text={row.ruleText} />
          </p>
          {row.description === '' ? null : <p className="quiet sentence">{row.description}</p>}
        </div>
      ),
    },
    {
      id: 'users',
      width: '110px',
      second: true,
      head: estimateWords.users,
      cell: ({ rule }) => <UsersCell rule={writeRule(readRule(rule as StoredRule)).rule} />,
    },
    usedByColumn(),
    changedColumn(),
    menuColumn('SEGMENT', {
      ...archiving,
      isArchived: ({ archived }) => archived,
      edit: ({ id }) => setAddress({ edit: id }),
      others: (row) => [{ id: 'clone', text: words.clone, onAction: () => void clone(row), action: 'CLONE' }],
    }),
  ];
  return (
    <ListPage text={text} list={list} columns={columns} rowId={({ id }) => id} searched={searched}>
      {archiving.dialog}
      {address['edit'] === undefined ? null : (
        <SegmentDrawer key={address['edit']} id={address['edit']} onClose={() => setAddress({ edit: undefined })} />
      )}
    </ListPage>
  );
}

const searched = ({ name, description, ruleText }: SegmentRowFragment) => `${name} ${description} ${ruleText}`;
