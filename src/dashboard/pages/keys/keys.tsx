import { useState } from 'react';
import { send } from '../../api/command';
import { useList } from '../../api/list';
import { targetOf } from '../../api/target';
import { ArchiveKeyDocument, KeysDocument, RestoreKeyDocument, type KeyRowFragment, type ValueType } from '../../generated/operations';
import { useAddress } from '../../shell/address';
import { Choice } from '../../ui/choice';
import { ListPage } from '../../ui/list-page';
import { useArchiving } from '../../ui/use-archiving';
import { keyWords } from '../../words/setup';
import { ArchiveSelected } from './archive-selected';
import { keyColumns } from './columns';
import { KeyDrawer } from './key-drawer';

const TYPES = ['', 'BOOLEAN', 'STRING', 'NUMBER', 'JSON'] as const;

export function Keys() {
  const [address, setAddress] = useAddress();
  const list = useList<KeyRowFragment>(KeysDocument, address['archived'] === 'yes');
  const [selected, setSelected] = useState<ReadonlySet<string>>(new Set());
  const archiving = useArchiving<KeyRowFragment>({
    name: ({ name }) => name,
    archive: (row) => send(ArchiveKeyDocument, targetOf(row)),
    restore: (row) => send(RestoreKeyDocument, targetOf(row)),
  });
  const type = (address['type'] ?? '') as ValueType | '';
  const rows = type === '' ? list.rows : list.rows?.filter((row) => row.type === type);
  const columns = keyColumns({
    selected,
    setSelected,
    rows: rows ?? [],
    archive: archiving.archive,
    restore: archiving.restore,
    open: (row) => setAddress({ edit: row.id }),
  });
  return (
    <ListPage
      text={keyWords}
      list={{ ...list, rows }}
      columns={columns}
      rowId={rowId}
      searched={searched}
      filters={
        <Choice
          label={keyWords.type}
          bare
          value={type}
          options={TYPES.map((id) => ({ id, text: id === '' ? keyWords.anyType : id.toLowerCase() }))}
          onChange={(value) => setAddress({ type: value }, true)}
        />
      }
      tools={() => <ArchiveSelected selected={selected} onDone={() => setSelected(new Set())} onRefused={archiving.refuse} />}
    >
      {archiving.dialog}
      {address['edit'] === undefined ? null : (
        <KeyDrawer key={address['edit']} id={address['edit']} onClose={() => setAddress({ edit: undefined })} />
      )}
    </ListPage>
  );
}

const rowId = (row: KeyRowFragment) => row.id;
const searched = (row: KeyRowFragment) => `${row.name} ${row.description}`;
