import { useQuery } from '@apollo/client/react';
import { useEffect, useState } from 'react';
import { ActorsDocument } from '../../generated/operations';
import { useAddress } from '../../shell/address';
import { useProject } from '../../shell/project';
import { actorName } from '../../ui/actor-name';
import { Choice } from '../../ui/choice';
import { Field } from '../../ui/field';
import { SearchField } from '../../ui/search-field';
import { historyWords as text } from '../../words/ledger';
import { words } from '../../words/words';

/** What is typed is asked for when the person has paused. */
const PAUSE_MS = 300;
const KINDS = [{ id: '', text: text.anyKind }, ...Object.entries(words.kinds).map(([id, name]) => ({ id, text: name }))];

export function HistoryFilters() {
  const [address, setAddress] = useAddress();
  const [search, setSearch] = useSettled(address['search'] ?? '', (value) => setAddress({ search: value }, true));
  const { id: project } = useProject();
  const { data } = useQuery(ActorsDocument, { variables: { project } });
  const actors = (data?.actors?.nodes ?? []).map(({ actor }) => ({ id: actor.id, text: actorName(actor) }));
  return (
    <div className="toolbar history-filters">
      <SearchField label={text.search} value={search} onChange={setSearch} />
      <Choice
        label={text.kind}
        bare
        value={address['kind'] ?? ''}
        options={KINDS}
        onChange={(kind) => setAddress({ kind, id: undefined }, true)}
      />
      <Choice
        label={text.actor}
        bare
        value={address['actor'] ?? ''}
        options={[{ id: '', text: text.anyActor }, ...actors]}
        onChange={(actor) => setAddress({ actor }, true)}
      />
      <div className="line">
        {(['since', 'until'] as const).map((name) => (
          <label key={name} className="line date">
            <span className="quiet">{text[name]}</span>
            <Field
              label={text[name]}
              bare
              type="datetime-local"
              value={address[name] ?? ''}
              onChange={(value) => setAddress({ [name]: value }, true)}
            />
          </label>
        ))}
      </div>
    </div>
  );
}

function useSettled(value: string, settle: (value: string) => void): readonly [string, (value: string) => void] {
  const [typed, setTyped] = useState(value);
  useEffect(() => {
    if (typed === value) return undefined;
    const timer = setTimeout(() => settle(typed), PAUSE_MS);
    return () => clearTimeout(timer);
  });
  return [typed, setTyped];
}
