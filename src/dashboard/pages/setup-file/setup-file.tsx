import { useLazyQuery, useQuery } from '@apollo/client/react';
import { useState } from 'react';
import { FileTrigger } from 'react-aria-components/FileTrigger';
import { saveFile } from '../../api/file';
import { PlanSetupDocument, SetupDocument } from '../../generated/operations';
import { Page } from '../../shell/page';
import { useProject } from '../../shell/project';
import { Button } from '../../ui/button';
import { Check } from '../../ui/check';
import { Field } from '../../ui/field';
import { Failed } from '../../ui/states';
import { readJson } from '../../value/read-json';
import { setupFileWords as text } from '../../words/ledger';
import { Plan } from './plan';

export function SetupFile() {
  return (
    <Page title={text.title} lead={text.lead}>
      <div className="stack settings">
        <Export />
        <Apply />
      </div>
    </Page>
  );
}

function Export() {
  const { id: project } = useProject();
  const { data, error, refetch } = useQuery(SetupDocument, { variables: { project }, fetchPolicy: 'network-only' });
  const download = () => saveFile(`${project}.setup.json`, new Blob([JSON.stringify(data?.setup, null, 2)], { type: 'application/json' }));
  return (
    <section className="card" aria-label={text.export}>
      <h2>{text.export}</h2>
      {error === undefined ? null : <Failed error={error} onRetry={() => void refetch()} />}
      <div>
        <Button disabled={data === undefined} onPress={download}>
          {text.download}
        </Button>
      </div>
    </section>
  );
}

function Apply() {
  const { id: projectId } = useProject();
  const [file, setFile] = useState('');
  const [prune, setPrune] = useState(false);
  const [problem, setProblem] = useState<string>();
  const [planned, setPlanned] = useState<{ setup: unknown; prune: boolean }>();
  const [ask, { data, error, loading }] = useLazyQuery(PlanSetupDocument, { fetchPolicy: 'network-only' });
  const put = (content: string) => {
    setFile(content);
    setProblem(undefined);
    setPlanned(undefined);
  };
  const plan = async () => {
    const { value: setup, problem: fault } = readJson(file);
    if (fault !== undefined) return setProblem(fault);
    setPlanned({ setup, prune });
    // Its error is shown below.
    await ask({ variables: { input: { projectId, setup, prune } } }).catch(() => undefined);
  };
  const result = data?.result;
  return (
    <section className="card" aria-label={text.apply}>
      <h2>{text.apply}</h2>
      <Field label={text.file} lines mono value={file} error={problem} onChange={put} />
      <div className="line">
        <FileTrigger acceptedFileTypes={['application/json', '.json']} onSelect={(files) => void files?.[0]?.text().then(put)}>
          <Button small>{text.choose}</Button>
        </FileTrigger>
        <Check checked={prune} onChange={setPrune}>
          {text.prune}
        </Check>
        <span className="push">
          <Button tone="primary" disabled={loading || file.trim() === ''} onPress={() => void plan()}>
            {text.plan}
          </Button>
        </span>
      </div>
      {error === undefined ? null : <Failed error={error} />}
      {planned !== undefined && result?.__typename === 'Plan' ? (
        <Plan plan={result} setup={planned.setup} prune={planned.prune} onAgain={() => void plan()} />
      ) : null}
      {result !== undefined && 'message' in result ? (
        <div className="note" data-tone="red" role="alert">
          <p className="sentence">{result.message}</p>
          {'problems' in result
            ? result.problems.map(({ path, message }) => (
                <p key={path} className="sentence">
                  <code>{path}</code> {message}
                </p>
              ))
            : null}
        </div>
      ) : null}
    </section>
  );
}
