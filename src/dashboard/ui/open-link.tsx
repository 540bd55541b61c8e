import { useLocation, useNavigate } from '@tanstack/react-router';
import type { MouseEvent, ReactNode } from 'react';
import { addressText, useAddress } from '../shell/address';

/* Links of our own where a page has many: each link of the router works out its address anew whenever any address changes. */

/** A click that is to open the link where the person is, and not in a tab of its own. */
function staysHere({ button, metaKey, ctrlKey, shiftKey, altKey }: MouseEvent): boolean {
  return button === 0 && !metaKey && !ctrlKey && !shiftKey && !altKey;
}

/** The name of a row: opens it beside the list. */
export function OpenLink({ id, children }: { id: string; children: ReactNode }) {
  const [address, setAddress] = useAddress();
  const open = (event: MouseEvent) => {
    if (!staysHere(event)) return;
    event.preventDefault();
    setAddress({ edit: id });
  };
  return (
    <a href={addressText({ ...address, edit: id })} className="open" dir="auto" onClick={open}>
      {children}
    </a>
  );
}

/** A page in the navigation, at the point of the past that is looked at. */
export function PageLink({ to, onGo, children }: { to: string; onGo: () => void; children: ReactNode }) {
  const [{ at }] = useAddress();
  const here = useLocation({ select: ({ pathname }) => pathname.replace(/\/$/, '') === to });
  const navigate = useNavigate();
  const go = (event: MouseEvent) => {
    onGo();
    if (!staysHere(event)) return;
    event.preventDefault();
    void navigate({ to });
  };
  return (
    <a href={to + addressText({ at })} className="item" aria-current={here ? 'page' : undefined} onClick={go}>
      {children}
    </a>
  );
}
