import type { ReactNode } from 'react';
import { PageHead } from '../ui/page-head';
import { shellWords } from '../words/words';
import { useLive } from './live-state';

interface PageProps {
  readonly title: string;
  readonly lead?: string;
  readonly actions?: ReactNode;
  readonly children: ReactNode;
}

/** A page of a project, whose head says whether it is up to date. */
export function Page({ title, lead, actions, children }: PageProps) {
  const live = useLive();
  return (
    <>
      <PageHead title={title} lead={lead}>
        {live === undefined ? null : (
          <span className="live" data-state={live} role="status">
            {shellWords.live[live]}
          </span>
        )}
        {actions}
      </PageHead>
      {children}
    </>
  );
}
