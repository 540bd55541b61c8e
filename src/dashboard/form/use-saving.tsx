import { useState, type ReactNode } from 'react';
import { preview, send, type Command, type DoneOf, type InputOf, type Outcome } from '../api/command';
import type { PreviewedFragment } from '../generated/operations';
import { toast } from '../ui/toasts';
import { words } from '../words/words';
import type { Fields } from './draft';
import { Review } from './review';
import type { Form } from './use-form';

/** What follows a save: the form closes when it is stored, and otherwise says why it is not. */
export function useSaving<T extends Fields>(form: Form<T>, onClose: () => void, refresh?: () => unknown) {
  const [busy, setBusy] = useState(false);
  const [outcome, setOutcome] = useState<Outcome<unknown>>();

  /** Shows how it ended, where that is a problem. */
  const shown = async <V,>(sending: Promise<Outcome<V>>): Promise<Outcome<V>> => {
    setBusy(true);
    setOutcome(undefined);
    const ended = await sending;
    setBusy(false);
    setOutcome(ended);
    if (ended.type === 'refused') {
      form.setProblems(ended.refused.problems ?? []);
      if (ended.refused.code === 'STALE') await refresh?.();
    }
    return ended;
  };
  const settle = async <V,>(sending: Promise<Outcome<V>>, done: string): Promise<Outcome<V>> => {
    const ended = await shown(sending);
    if (ended.type === 'done' || ended.type === 'accepted') {
      form.discard();
      toast(ended.type === 'done' ? done : words.accepted);
      onClose();
    }
    return ended;
  };
  return { busy, outcome, settle, shown };
}

interface Reviewed {
  readonly previewed: PreviewedFragment;
  readonly confirm: (reason: string | undefined) => void;
}

/** As `useSaving`, for what can be in use: then the ledger says first what the command would change, and the person why. */
export function useReviewedSaving<T extends Fields>(form: Form<T>, onClose: () => void, refresh?: () => unknown) {
  const saving = useSaving(form, onClose, refresh);
  const [reviewed, setReviewed] = useState<Reviewed>();

  const save = async <D extends Command>(
    document: D,
    input: InputOf<D>,
    { inUse, done }: { readonly inUse: boolean; readonly done: string },
  ): Promise<void> => {
    const store = (reason?: string): Promise<Outcome<DoneOf<D>>> =>
      saving.settle(send(document, reason === undefined ? input : { ...input, reason }), done);
    if (!inUse) return void (await store());
    const asked = await saving.shown(preview(document, input));
    if (asked.type !== 'done') return;
    const confirm = (reason: string | undefined) => void store(reason).then(() => setReviewed(undefined));
    setReviewed({ previewed: asked.value, confirm });
  };
  const review: ReactNode =
    reviewed === undefined ? null : (
      <Review previewed={reviewed.previewed} busy={saving.busy} onConfirm={reviewed.confirm} onClose={() => setReviewed(undefined)} />
    );
  return { ...saving, save, review };
}
