import { useQuery } from '@apollo/client/react';
import { Link, Outlet, useParams } from '@tanstack/react-router';
import { lazy, Suspense, useMemo, useState } from 'react';
import { OneProjectDocument, ViewerDocument } from '../generated/operations';
import { Button } from '../ui/button';
import { Ask } from '../ui/overlay';
import { Empty, Failed, Loading } from '../ui/states';
import { exactTime } from '../ui/time';
import { shellWords, words } from '../words/words';
import { Acknowledging } from './acknowledging';
import { useAddress } from './address';
import { useKeys, moveRow, openRow, toSearch } from './keyboard';
import { LiveContext, useFollowing } from './live-state';
import { asOfOf, ProjectContext } from './project';
import { Side } from './side';

/** Loaded when it is first opened: no page needs it to be shown. */
const Palette = lazy(() => import('./palette').then(({ Palette: component }) => ({ default: component })));

/** Everything of one project: navigation, what is live, and the bar of the past. */
export function ProjectFrame() {
  const { project: id } = useParams({ strict: false }) as { project: string };
  const [{ at }] = useAddress();
  const asOf = useMemo(() => asOfOf(at), [at]);
  const { data, error, refetch } = useQuery(OneProjectDocument, { variables: { project: id, asOf } });
  const [opened, setOpened] = useState<'palette' | 'keyboard'>();
  const project = data?.project;
  // Where the page began to read: what comes later is followed, also over the refetches of the project itself.
  const [from, setFrom] = useState<{ id: string; head: string }>();
  if (project !== undefined && project !== null && from?.id !== id) setFrom({ id, head: project.head });
  const live = useFollowing(id, asOf === undefined && from?.id === id ? from.head : undefined);
  const viewer = useQuery(ViewerDocument, { variables: { project: id } });
  const rights = viewer.data?.viewer.rights;
  const name = project?.name ?? id;
  const headTime = project?.headTime ?? '';
  const context = useMemo(() => ({ id, name, asOf, at, headTime, rights }), [id, name, asOf, at, headTime, rights]);
  useKeys({
    'Ctrl+k': () => setOpened('palette'),
    '?': () => setOpened('keyboard'),
    '/': toSearch,
    j: () => moveRow(1),
    k: () => moveRow(-1),
    e: openRow,
  });
  return (
    <ProjectContext value={context}>
      <LiveContext value={live === 'live' && project?.staleSince ? undefined : live}>
        <div className="shell">
          <Side onPalette={() => setOpened('palette')} />
          <div>
            {at === undefined ? null : <PastBar at={at} time={headTime} />}
            {project?.staleSince ? (
              <div className="bar" role="status">
                {shellWords.stale}
                {exactTime(project.staleSince)}.
              </div>
            ) : null}
            <main className="main">
              {project ? (
                <Outlet />
              ) : error ? (
                <Failed error={error} onRetry={() => void refetch()} />
              ) : data === undefined ? (
                <Loading />
              ) : (
                <Empty whole title={shellWords.projects.gone(id)} action={<Link to="/">{words.home}</Link>} />
              )}
            </main>
          </div>
        </div>
        <Acknowledging />
        {opened === 'palette' ? (
          <Suspense>
            <Palette onClose={() => setOpened(undefined)} />
          </Suspense>
        ) : null}
        {opened === 'keyboard' ? <KeyboardHelp onClose={() => setOpened(undefined)} /> : null}
      </LiveContext>
    </ProjectContext>
  );
}

/** What the ids of things as they were end with. */
const REVISION_OF_ID = /@\d+$/;

/** A time is shown as it was asked for; a revision, with the time of its change. */
function PastBar({ at, time }: { at: string; time: string }) {
  const [{ edit }, setAddress] = useAddress();
  const revision = /^r(\d+)$/.exec(at)?.[1];
  return (
    <div className="bar" role="status">
      <span>
        {revision === undefined ? shellWords.asOf(exactTime(at)) : time === '' ? null : shellWords.asOfRevision(exactTime(time), revision)}
      </span>
      <span className="push">
        <Button small onPress={() => setAddress({ at: undefined, edit: edit?.replace(REVISION_OF_ID, '') })}>
          {shellWords.toNow}
        </Button>
      </span>
    </div>
  );
}

function KeyboardHelp({ onClose }: { onClose: () => void }) {
  return (
    <Ask title={shellWords.keyboard.title} onClose={onClose}>
      <dl className="facts">
        {shellWords.keyboard.rows.map(([key, text]) => (
          <div key={key} className="contents">
            <dt>
              <kbd>{key}</kbd>
            </dt>
            <dd>{text}</dd>
          </div>
        ))}
      </dl>
    </Ask>
  );
}
