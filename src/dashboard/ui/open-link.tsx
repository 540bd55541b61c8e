import type { MouseEvent, ReactNode } from 'react';
import { addressText, useAddress } from '../shell/address';

/** The name of a row: opens it beside the list. It is a link of its own, since one of the router's costs a long list as much time as all the rest of its rows. */
export function OpenLink({ id, children }: { id: string; children: ReactNode }) {
  const [address, setAddress] = useAddress();
  const open = (event: MouseEvent) => {
    if (event.button !== 0 || event.metaKey || event.ctrlKey || event.shiftKey || event.altKey) return;
    event.preventDefault();
    setAddress({ edit: id });
  };
  return (
    <a href={addressText({ ...address, edit: id })} className="open" dir="auto" onClick={open}>
      {children}
    </a>
  );
}
