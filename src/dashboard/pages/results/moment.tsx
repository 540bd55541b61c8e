import { useState, type FormEvent } from 'react';
import { saveDays } from '../../api/file';
import { useAddress } from '../../shell/address';
import { Button } from '../../ui/button';
import { Field } from '../../ui/field';
import { exactTime } from '../../ui/time';
import { resultWords as text } from '../../words/results';
import type { Results } from './plotted';

/** What the numbers are made of, and the way to look back. */
export function Moment({ id, results }: { id: string; results: Results }) {
  const { cursor, receivedUpTo, digest, remark } = results;
  const [address, setAddress] = useAddress();
  const [received, setReceived] = useState('');
  const [problem, setProblem] = useState<string>();
  const [failure, setFailure] = useState<string>();
  const fixed = address['upTo'] !== undefined || address['received'] !== undefined;
  const look = (event: FormEvent) => {
    event.preventDefault();
    const time = new Date(received);
    if (Number.isNaN(time.getTime())) return setProblem(text.badTime);
    setAddress({ received: time.toISOString() });
  };
  return (
    <section className="card stack tight" aria-label={text.moment}>
      <h2>{text.moment}</h2>
      {remark === null ? null : <p className="sentence">{remark}</p>}
      <dl className="facts">
        <dt>{text.received}</dt>
        <dd>{exactTime(receivedUpTo)}</dd>
        <dt>{text.digest}</dt>
        <dd title={text.digestHint}>
          <code>{digest.slice(0, 16)}</code>
        </dd>
      </dl>
      {fixed ? (
        <div className="line">
          <span className="quiet small">{text.kept}</span>
          <Button small onPress={() => setAddress({ upTo: undefined, received: undefined })}>
            {text.toNow}
          </Button>
        </div>
      ) : (
        <div className="line">
          <Button small onPress={() => setAddress({ upTo: cursor, received: receivedUpTo })}>
            {text.keep}
          </Button>
        </div>
      )}
      <div className="line">
        <Button small onPress={() => void saveDays(id, results).then(setFailure)}>
          {text.save}
        </Button>
        {failure === undefined ? null : (
          <p className="sentence" role="alert">
            {failure}
          </p>
        )}
      </div>
      <form className="toolbar compare-form" onSubmit={look}>
        <Field
          label={text.receivedField}
          type="datetime-local"
          value={received}
          error={problem}
          onChange={(value) => {
            setReceived(value);
            setProblem(undefined);
          }}
        />
        <Button type="submit">{text.show}</Button>
      </form>
    </section>
  );
}
