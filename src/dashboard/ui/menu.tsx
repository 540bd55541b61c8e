import { useRef, useState, type KeyboardEvent } from 'react';
import { Menu, MenuItem } from 'react-aria-components/Menu';
import { Popover } from 'react-aria-components/Popover';
import type { PagedKind } from '../api/kinds';
import { useMay, whyNot, type May } from '../api/may';
import type { ActionName } from '../generated/operations';
import { words } from '../words/words';
import { Icon } from './icons';

export interface Act {
  readonly id: string;
  readonly text: string;
  readonly onAction: () => void;
  readonly danger?: boolean;
  /** What is asked of the ledger, so that it can say beforehand whether it would be refused. */
  readonly action?: ActionName;
}

interface RowMenuProps {
  readonly kind: PagedKind;
  readonly id: string;
  readonly name: string;
  readonly acts: readonly Act[];
}

/** The three dots at the end of a row. The menu is made when it is opened: a long list has a button for each of its rows, and no more. */
export function RowMenu(row: RowMenuProps) {
  const button = useRef<HTMLButtonElement>(null);
  const [open, setOpen] = useState(false);
  const openBelow = (event: KeyboardEvent) => {
    if (event.key !== 'ArrowDown') return;
    event.preventDefault();
    setOpen(true);
  };
  return (
    <>
      <button
        ref={button}
        type="button"
        className="button ghost icon small native"
        aria-label={words.rowMenu(row.name)}
        aria-haspopup="menu"
        aria-expanded={open}
        onClick={() => setOpen(true)}
        onKeyDown={openBelow}
      >
        <Icon name="more" />
      </button>
      {open ? (
        <Popover
          className="popover"
          aria-label={words.rowMenu(row.name)}
          triggerRef={button}
          trigger="MenuTrigger"
          isOpen
          onOpenChange={setOpen}
          placement="bottom end"
        >
          <Acts {...row} onClose={() => setOpen(false)} />
        </Popover>
      ) : null}
    </>
  );
}

/** Asks what is allowed when it is opened, not for every row of a list. */
function Acts({ kind, id, name, acts, onClose }: RowMenuProps & { onClose: () => void }) {
  const may = useMay(kind, id);
  const why = (act: Act) => (act.action === undefined ? undefined : whyNot(may, act.action));
  return (
    <Menu
      aria-label={words.rowMenu(name)}
      autoFocus="first"
      onClose={onClose}
      disabledKeys={acts.filter((act) => why(act) !== undefined).map((act) => act.id)}
    >
      {acts.map((act) => (
        <MenuItem
          key={act.id}
          id={act.id}
          className={`option ${act.danger === true ? 'danger' : ''}`}
          textValue={act.text}
          onAction={act.onAction}
        >
          <span>
            {act.text}
            <Reason may={may} action={act.action} />
          </span>
        </MenuItem>
      ))}
    </Menu>
  );
}

function Reason({ may, action }: { may: May; action: ActionName | undefined }) {
  const why = action === undefined ? undefined : whyNot(may, action);
  return why === undefined ? null : <p className="quiet small sentence">{why}</p>;
}
