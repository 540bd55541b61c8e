import { useEffect, type ReactNode } from 'react';
import { words } from '../words/words';

interface PageHeadProps {
  readonly title: string;
  readonly lead?: string | undefined;
  /** What can be done on the page. */
  readonly children?: ReactNode;
}

/** The head of a page, and its title in the tab. */
export function PageHead({ title, lead, children }: PageHeadProps) {
  useEffect(() => {
    document.title = `${title} · ${words.brand}`;
  }, [title]);
  return (
    <header className="page-head">
      <div className="titles">
        <h1>{title}</h1>
        {lead === undefined ? null : <p className="quiet prose">{lead}</p>}
      </div>
      <div className="actions">{children}</div>
    </header>
  );
}
