import { useQuery } from '@apollo/client/react';
import { Link, Outlet } from '@tanstack/react-router';
import type { ReactNode } from 'react';
import { useEffect } from 'react';
import { ViewerDocument, type Right } from '../../generated/operations';
import { Foot } from '../../shell/side';
import { Mark } from '../../ui/icons';
import { shellWords, words } from '../../words/words';

/** The pages about the instance, beside each other. */
export function OperatorsFrame() {
  return (
    <div className="shell">
      <nav className="side" aria-label={words.brand}>
        <Link to="/" className="brand">
          <Mark />
          {words.brand}
        </Link>
        <Link to="/" className="item" activeOptions={{ exact: true }}>
          {shellWords.pages.projects}
        </Link>
        <h2>{shellWords.pages.operators}</h2>
        <Link to={'/admin' as never} className="item" activeOptions={{ exact: true }}>
          {shellWords.pages.readModels}
        </Link>
        <Link to={'/admin/access' as never} className="item">
          {shellWords.pages.access}
        </Link>
        <Foot />
      </nav>
      <main className="main stack">
        <Outlet />
      </main>
    </div>
  );
}

/** Why the viewer may not do it in the whole instance; undefined: the viewer may, or it is not known yet. */
export function useWhyNotEverywhere(right: Right): string | undefined {
  const { data } = useQuery(ViewerDocument, { variables: { project: '*' } });
  return data === undefined || data.viewer.rights.includes(right) ? undefined : words.noRightEverywhere;
}

/** The head of a page about the instance, and its title in the tab. */
export function Head({ title, lead, children }: { title: string; lead: string; children: ReactNode }) {
  useEffect(() => {
    document.title = `${title} · ${words.brand}`;
  }, [title]);
  return (
    <header className="page-head">
      <div className="titles">
        <h1>{title}</h1>
        <p className="quiet">{lead}</p>
      </div>
      <div className="actions">{children}</div>
    </header>
  );
}
