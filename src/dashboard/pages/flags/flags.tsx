import { send } from '../../api/command';
import { useList } from '../../api/list';
import { targetOf } from '../../api/target';
import { ArchiveFlagDocument, FlagsDocument, RestoreFlagDocument, type FlagRowFragment } from '../../generated/operations';
import { useAddress } from '../../shell/address';
import { experienceWords, flagWords as text } from '../../words/experiences';
import { ExperienceList } from '../experience-list';
import { FlagDrawer } from './flag-drawer';

export function Flags() {
  const [address] = useAddress();
  const list = useList<FlagRowFragment>(FlagsDocument, address['archived'] === 'yes');
  return (
    <ExperienceList<FlagRowFragment>
      kind="FLAG"
      text={text}
      list={list}
      statuses={['DRAFT', 'LIVE', 'PAUSED']}
      keysOf={({ key }) => [key.name]}
      summary={{
        id: 'rows',
        width: 'minmax(120px, 2fr)',
        second: true,
        head: experienceWords.rows,
        cell: ({ rows }) => (
          <div className="cut quiet">
            {rows.map(({ segment, percentage }) => `${segment?.name ?? experienceWords.everyone} ${percentage} %`).join(' · ')}
          </div>
        ),
      }}
      archive={(row) => send(ArchiveFlagDocument, targetOf(row))}
      restore={(row) => send(RestoreFlagDocument, targetOf(row))}
      drawer={(id, onClose) => <FlagDrawer key={id} id={id} onClose={onClose} />}
    />
  );
}
