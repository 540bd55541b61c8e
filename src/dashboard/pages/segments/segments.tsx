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
import { useAddress } from '../../shell/address';
import { Changed } from '../../ui/changed';
import type { Column } from '../../ui/grid';
import { ListPage } from '../../ui/list-page';
import { RowMenu } from '../../ui/menu';
import { OpenLink } from '../../ui/open-link';
import { Sentence } from '../../ui/sentence';
import { toast } from '../../ui/toasts';
import { useArchiving } from '../../ui/use-archiving';
import { keyWords, segmentWords as text } from '../../words/setup';
import { words } from '../../words/words';
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
          kind="SEGMENT"
          id={row.id}
          name={row.name}
          acts={[
            { id: 'edit', text: words.edit, onAction: () => setAddress({ edit: row.id }) },
            { id: 'clone', text: words.clone, onAction: () => void clone(row), action: 'CLONE' },
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
        <SegmentDrawer key={address['edit']} id={address['edit']} onClose={() => setAddress({ edit: undefined })} />
      )}
    </ListPage>
  );
}

const searched = ({ name, description, ruleText }: SegmentRowFragment) => `${name} ${description} ${ruleText}`;
