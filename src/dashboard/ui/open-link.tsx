import { Link } from '@tanstack/react-router';
import type { ReactNode } from 'react';

/** The name of a row: opens it beside the list. */
export function OpenLink({ id, children }: { id: string; children: ReactNode }) {
  return (
    <Link to="." search={((before: object) => ({ ...before, edit: id })) as never} className="open" dir="auto" activeProps={{}}>
      {children}
    </Link>
  );
}
