import { useLazyQuery } from '@apollo/client/react';
import { useState } from 'react';
import { EvaluateDocument } from '../../generated/operations';
import { useAddress } from '../../shell/address';
import { Page } from '../../shell/page';
import { useProject } from '../../shell/project';
import { Button } from '../../ui/button';
import { Field } from '../../ui/field';
import { Failed, Loading } from '../../ui/states';
import { readJson } from '../../value/read-json';
import { ValueField } from '../../value/value-field';
import { tryWords as text } from '../../words/ledger';
import { Answer } from './answer';
import { ForcedVariants } from './forced-variants';
import { ForgetUser } from './forget-user';

const EXAMPLE = JSON.stringify({ 'geo.country': 'US', 'device.os': 'iOS' }, null, 2);

/** The values of one user, with the trail of why. */
export function TryIt() {
  const { id: project, asOf } = useProject();
  const [address, setAddress] = useAddress();
  const [user, setUser] = useState(address['user'] ?? '');
  const [properties, setProperties] = useState(EXAMPLE);
  const [problem, setProblem] = useState<string>();
  const [ask, { data, error, loading }] = useLazyQuery(EvaluateDocument, { fetchPolicy: 'network-only' });
  const [asked, setAsked] = useState<string>();
  const run = () => {
    const { value: given, problem: fault } = readJson(properties.trim() === '' ? '{}' : properties);
    if (fault !== undefined) return setProblem(fault);
    setAddress({ user }, true);
    setAsked(user.trim());
    const id = user.trim() === '' ? {} : { id: user.trim() };
    // Its error is shown below.
    ask({ variables: { project, asOf, user: { ...id, properties: given } } }).catch(() => undefined);
  };
  return (
    <Page title={text.title} lead={text.lead}>
      <div className="stack">
        <form
          className="card settings"
          onSubmit={(event) => {
            event.preventDefault();
            run();
          }}
        >
          <Field label={text.user} hint={text.userHint} mono value={user} onChange={setUser} />
          <ValueField
            label={text.properties}
            type="JSON"
            text={properties}
            error={problem}
            onChange={(value) => {
              setProperties(value);
              setProblem(undefined);
            }}
          />
          <div className="line">
            <Button type="submit" tone="primary" disabled={loading}>
              {text.run}
            </Button>
            {asOf === undefined && asked !== undefined && asked !== '' ? <ForgetUser user={asked} onDone={run} /> : null}
          </div>
        </form>
        {error === undefined ? null : <Failed error={error} />}
        {data?.evaluate ? <Answer evaluation={data.evaluate} /> : loading ? <Loading /> : null}
        {asOf === undefined && data?.evaluate && asked !== undefined && asked !== '' ? (
          <ForcedVariants key={asked} user={asked} onChange={run} />
        ) : null}
      </div>
    </Page>
  );
}
