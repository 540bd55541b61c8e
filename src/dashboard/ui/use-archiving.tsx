import { useState, type ReactNode } from 'react';
import type { Outcome, Refused } from '../api/command';
import { words } from '../words/words';
import { Ask } from './overlay';
import { toast } from './toasts';
import { Usages } from './usages';

interface Moves<Row> {
  readonly name: (row: Row) => string;
  readonly archive: (row: Row) => Promise<Outcome<unknown>>;
  readonly restore: (row: Row) => Promise<Outcome<unknown>>;
  /** Asks for the list again, where nothing is followed. */
  readonly after?: () => unknown;
}

/** Archiving with a way back for ten seconds, and what stands in the way with links to it. */
export function useArchiving<Row>({ name, archive, restore, after }: Moves<Row>) {
  const [refused, setRefused] = useState<Refused>();

  const settle = async (sending: Promise<Outcome<unknown>>, done: () => void) => {
    const ended = await sending;
    if (ended.type === 'done') done();
    else if (ended.type === 'accepted') toast(words.accepted);
    else if (ended.type === 'refused') setRefused(ended.refused);
    else toast(ended.message);
    await after?.();
  };
  const bringBack = (row: Row) => void settle(restore(row), () => toast(words.restored(name(row))));
  const putAway = (row: Row) =>
    void settle(archive(row), () => toast(words.archived(name(row)), { text: words.undo, run: () => bringBack(row) }));
  const dialog: ReactNode =
    refused === undefined ? null : (
      <RefusedDialog
        title={refused.code === 'IN_USE' ? words.cannotArchive : words.notDone}
        refused={refused}
        onClose={() => setRefused(undefined)}
      />
    );
  return { archive: putAway, restore: bringBack, dialog, refuse: setRefused };
}

/** A refusal in the ledger's own sentence, with links to what uses the thing. */
export function RefusedDialog({ title, refused, onClose }: { title: string; refused: Refused; onClose: () => void }) {
  return (
    <Ask title={title} onClose={onClose}>
      <p className="sentence">{refused.message}</p>
      {refused.problems?.map(({ path, message }) => (
        <p key={path} className="sentence">
          <code>{path}</code> {message}
        </p>
      ))}
      <Usages usages={refused.usages ?? []} />
    </Ask>
  );
}
