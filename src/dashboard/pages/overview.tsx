import { useQuery } from '@apollo/client/react';
import { Link } from '@tanstack/react-router';
import { useMemo } from 'react';
import { pathTo } from '../api/kinds';
import { OverviewDocument, type EntityKind, type LimitName, type OverviewQuery } from '../generated/operations';
import { Page } from '../shell/page';
import { useProject } from '../shell/project';
import { Badge, KindBadge } from '../ui/badge';
import { Failed, Loading } from '../ui/states';
import { shellWords } from '../words/words';
import { ChangedLately, weekBefore } from './changed-lately';

const text = shellWords.overview;

export function Overview() {
  const { id, name, asOf, headTime } = useProject();
  const since = useMemo(() => weekBefore(asOf === undefined ? Date.now() : Date.parse(headTime)), [asOf, headTime]);
  const variables = { project: id, asOf, since };
  const { data, error, refetch } = useQuery(OverviewDocument, { variables, fetchPolicy: 'cache-and-network' });
  const project = data?.project;
  if (project === undefined || project === null) return error ? <Failed error={error} onRetry={() => void refetch()} /> : <Loading />;
  const { limits, flags, configs, experiments, history } = project;
  const used = (name: LimitName) => limits.find((one) => one.name === name)?.used;
  const live = [
    ...flags.nodes.map((node) => ({ ...node, kind: 'FLAG' as const, note: '' })),
    ...configs.nodes.map((node) => ({ ...node, kind: 'CONFIG' as const, note: '' })),
  ];
  const running = experiments.nodes.map((node) => ({ ...node, kind: 'EXPERIMENT' as const, note: text.traffic(node.traffic) }));
  return (
    <Page title={name} lead={text.lead}>
      <div className="stack">
        {used('KEYS') === 0 ? <FirstSteps project={id} /> : null}
        <List title={text.live} empty={text.nothingLive} things={live} />
        <List title={text.running} empty={text.nothingRuns} things={running} />
        {history === null ? null : <ChangedLately history={history} since={since} />}
        <Limits limits={limits} />
      </div>
    </Page>
  );
}

interface Thing {
  readonly id: string;
  readonly name: string;
  readonly kind: EntityKind;
  readonly note: string;
}

function List({ title, empty, things }: { title: string; empty: string; things: readonly Thing[] }) {
  const { id: project } = useProject();
  return (
    <section className="stack tight" aria-label={title}>
      <h2>{title}</h2>
      {things.length === 0 ? (
        <p className="quiet">{empty}</p>
      ) : (
        <div className="panel">
          <ul className="rows">
            {things.map(({ id, name, kind, note }) => (
              <li key={kind + id}>
                <span className="kind">
                  <KindBadge kind={kind} />
                </span>
                <div className="grow">
                  <Link {...pathTo(project, kind, id)} className="open sentence">
                    {name}
                  </Link>
                </div>
                <span className="quiet">{note}</span>
              </li>
            ))}
          </ul>
        </div>
      )}
    </section>
  );
}

function Limits({ limits }: { limits: NonNullable<OverviewQuery['project']>['limits'] }) {
  return (
    <section className="stack tight" aria-label={text.limits}>
      <h2>{text.limits}</h2>
      <dl className="limits">
        {limits.map(({ name, used, limit }) => (
          <div key={name}>
            <dt>{text.limit[name]}</dt>
            <dd>
              {text.of(used, limit)}
              {used >= limit ? <Badge tone="amber">{text.full}</Badge> : null}
            </dd>
            <progress max={limit} value={used} aria-hidden="true" />
          </div>
        ))}
      </dl>
    </section>
  );
}

function FirstSteps({ project }: { project: string }) {
  const paths = ['setup/keys', 'setup/segments', 'flags'];
  return (
    <section className="card" aria-label={text.first}>
      <h2>{text.first}</h2>
      <ol className="stack tight">
        {text.steps.map((step, at) => (
          <li key={step}>
            {at + 1}. <Link to={`/p/${encodeURIComponent(project)}/${paths[at]}`}>{step}</Link>
          </li>
        ))}
      </ol>
    </section>
  );
}
