import { useQuery } from '@apollo/client/react';
import { Link } from '@tanstack/react-router';
import { pathTo } from '../api/kinds';
import { OverviewDocument, type EntityKind } from '../generated/operations';
import { Page } from '../shell/page';
import { useProject } from '../shell/project';
import { KindBadge } from '../ui/badge';
import { Failed, Loading } from '../ui/states';
import { shellWords } from '../words/words';

const text = shellWords.overview;

export function Overview() {
  const { id, name, asOf } = useProject();
  const { data, error, refetch } = useQuery(OverviewDocument, { variables: { project: id, asOf }, fetchPolicy: 'cache-and-network' });
  const project = data?.project;
  if (project === undefined || project === null) return error ? <Failed error={error} onRetry={() => void refetch()} /> : <Loading />;
  const { keys, segments, goals, flags, configs, experiments } = project;
  const live = [
    ...flags.nodes.map((node) => ({ ...node, kind: 'FLAG' as const, note: '' })),
    ...configs.nodes.map((node) => ({ ...node, kind: 'CONFIG' as const, note: '' })),
  ];
  const running = experiments.nodes.map((node) => ({ ...node, kind: 'EXPERIMENT' as const, note: text.traffic(node.traffic) }));
  return (
    <Page title={name} lead={text.lead}>
      <div className="stack">
        {keys.totalCount === 0 ? <FirstSteps project={id} /> : null}
        <List title={text.live} empty={text.nothingLive} things={live} />
        <List title={text.running} empty={text.nothingRuns} things={running} />
        <p className="quiet">
          {keys.totalCount} {text.counts.keys} · {segments.totalCount} {text.counts.segments} · {goals.totalCount} {text.counts.goals}
        </p>
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
                <KindBadge kind={kind} />
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
