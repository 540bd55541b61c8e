import { useState } from 'react';
import type { Outcome } from '../api/command';
import { toast } from '../ui/toasts';
import { words } from '../words/words';
import type { Fields } from './draft';
import type { Form } from './use-form';

/** What follows a save: the form closes when it is stored, and otherwise says why it is not. */
export function useSaving<T extends Fields>(form: Form<T>, onClose: () => void, refresh?: () => unknown) {
  const [busy, setBusy] = useState(false);
  const [outcome, setOutcome] = useState<Outcome<unknown>>();

  const settle = async <V>(sending: Promise<Outcome<V>>, done: string): Promise<Outcome<V>> => {
    setBusy(true);
    setOutcome(undefined);
    const ended = await sending;
    setBusy(false);
    setOutcome(ended);
    if (ended.type === 'done' || ended.type === 'accepted') {
      form.discard();
      toast(ended.type === 'done' ? done : words.accepted);
      onClose();
    }
    if (ended.type === 'refused') {
      form.setProblems(ended.refused.problems ?? []);
      if (ended.refused.code === 'STALE') await refresh?.();
    }
    return ended;
  };
  return { busy, outcome, settle };
}
