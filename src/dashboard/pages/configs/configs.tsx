import { send } from '../../api/command';
import { useList } from '../../api/list';
import { targetOf } from '../../api/target';
import { ArchiveConfigDocument, ConfigsDocument, RestoreConfigDocument, type ConfigRowFragment } from '../../generated/operations';
import { useAddress } from '../../shell/address';
import { configWords as text, experienceWords } from '../../words/experiences';
import { ExperienceList } from '../experience-list';
import { ConfigDrawer } from './config-drawer';

export function Configs() {
  const [address] = useAddress();
  const list = useList<ConfigRowFragment>(ConfigsDocument, address['archived'] === 'yes');
  return (
    <ExperienceList<ConfigRowFragment>
      kind="CONFIG"
      text={text}
      list={list}
      statuses={['DRAFT', 'LIVE', 'PAUSED']}
      keysOf={({ keys }) => keys.map(({ name }) => name)}
      summary={{
        id: 'rows',
        width: 'minmax(120px, 2fr)',
        second: true,
        head: experienceWords.rows,
        cell: ({ rows }) => (
          <div className="cut quiet">{rows.map(({ segment }) => segment?.name ?? experienceWords.everyone).join(' · ')}</div>
        ),
      }}
      archive={(row) => send(ArchiveConfigDocument, targetOf(row))}
      restore={(row) => send(RestoreConfigDocument, targetOf(row))}
      drawer={(id, onClose) => <ConfigDrawer key={id} id={id} onClose={onClose} />}
    />
  );
}
