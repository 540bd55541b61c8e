import { useNavigate } from '@tanstack/react-router';
import { send } from '../../api/command';
import { resultsPath } from '../../api/kinds';
import { useList } from '../../api/list';
import { targetOf } from '../../api/target';
import {
  ArchiveExperimentDocument,
  ExperimentsDocument,
  RestoreExperimentDocument,
  type ExperimentRowFragment,
} from '../../generated/operations';
import { useAddress } from '../../shell/address';
import { experienceWords, testWords as text } from '../../words/experiences';
import { resultWords } from '../../words/results';
import { ExperienceList } from '../experience-list';
import { TestDrawer } from './test-drawer';

export function Tests() {
  const [address] = useAddress();
  const navigate = useNavigate();
  const list = useList<ExperimentRowFragment>(ExperimentsDocument, address['archived'] === 'yes');
  return (
    <ExperienceList<ExperimentRowFragment>
      kind="EXPERIMENT"
      text={text}
      list={list}
      statuses={['DRAFT', 'RUNNING', 'STOPPED', 'ROLLED_OUT']}
      keysOf={({ keys }) => keys.map(({ name }) => name)}
      summary={{
        id: 'audience',
        width: 'minmax(120px, 2fr)',
        second: true,
        head: text.audience,
        cell: ({ audience, traffic }) => (
          <div className="cut quiet">
            {audience?.name ?? experienceWords.everyone}, {traffic} %
          </div>
        ),
      }}
      others={({ id, started }) =>
        started === null ? [] : [{ id: 'results', text: resultWords.link, onAction: () => void navigate({ to: resultsPath(id) }) }]
      }
      archive={(row) => send(ArchiveExperimentDocument, targetOf(row))}
      restore={(row) => send(RestoreExperimentDocument, targetOf(row))}
      drawer={(id, onClose) => <TestDrawer key={id} id={id} onClose={onClose} />}
    />
  );
}
