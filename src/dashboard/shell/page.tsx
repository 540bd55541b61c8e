import { useEffect, type ReactNode } from 'react';
import { shellWords, words } from '../words/words';
import { useLive } from './live-state';

interface PageProps {
  readonly title: string;
  readonly lead?: string;
  readonly actions?: ReactNode;
  readonly children: ReactNode;
}

/** The head of every page of a project, and its title in the tab. */
export function Page({ title, lead, actions, children }: PageProps) {
  const live = useLive();
  useEffect(() => {
    document.title = `${title} · ${words.brand}`;
  }, [title]);
  return (
    <>
      <header className="page-head">
        <div className="titles">
          <h1>{title}</h1>
          {lead === undefined ? null : <p className="quiet prose">{lead}</p>}
        </div>
        <div className="actions">
          {live === undefined ? null : (
            <span className="live" data-state={live} role="status">
              {shellWords.live[live]}
            </span>
          )}
          {actions}
        </div>
      </header>
      {children}
    </>
  );
}
