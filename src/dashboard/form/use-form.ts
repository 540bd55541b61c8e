import { useCallback, useEffect, useRef, useState } from 'react';
import { isAt, problemAt, type Problem } from '../api/problem';
import { conflicts, isDirty, keepMine, merge, same, takeTheirs, type Draft, type Fields } from './draft';

/** What is stored now, as the form shows it. */
export interface Current<T extends Fields> {
  readonly values: T;
  readonly version?: number;
  readonly by?: string;
}

/** Where a command has what a field shows, if not under the field's own name. */
export type Places<T extends Fields> = { readonly [name in keyof T]?: string };

function kept<T extends Fields>(key: string): Draft<T> | undefined {
  const text = sessionStorage.getItem(key);
  return text === null ? undefined : (JSON.parse(text) as Draft<T>);
}

/** The state of a form: a draft that survives a reload, a colleague's changes taken in, and the server's problems at their fields. */
export function useForm<T extends Fields>(name: string, current: Current<T>, places: Places<T> = {}) {
  const key = `draft:${name}`;
  const [draft, setDraft] = useState<Draft<T>>(() => kept<T>(key) ?? { base: current.values, values: current.values });
  const [restored, setRestored] = useState(() => kept(key) !== undefined);
  const [problems, setProblems] = useState<readonly Problem[]>([]);
  const [mergedFrom, setMergedFrom] = useState<string>();
  const dirty = isDirty(draft);
  const placeOf = (field: keyof T & string): string => places[field] ?? field;
  const clean = useRef(false);

  useEffect(() => {
    if (dirty && !clean.current) sessionStorage.setItem(key, JSON.stringify(draft));
    else sessionStorage.removeItem(key);
  }, [key, draft, dirty]);

  const { values: theirs, by } = current;
  const text = JSON.stringify(theirs);
  const [seen, setSeen] = useState(text);
  useEffect(() => {
    setDraft((before) => {
      const after = merge(before, theirs);
      return same(after, before) ? before : after;
    });
    // Its text stands for the values, which are a new object at every turn.
  }, [text]);
  if (seen !== text) {
    setSeen(text);
    if (by !== undefined) setMergedFrom(by);
  }

  const set = useCallback(<N extends keyof T & string>(field: N, value: T[N]) => {
    clean.current = false;
    setDraft((before) => ({ ...before, values: { ...before.values, [field]: value } }));
    setProblems((before) => before.filter(({ path }) => !isAt(path, placeOf(field))));
  }, []);

  /** Forgets the draft: it was saved, or is not wanted. */
  const discard = useCallback(() => {
    clean.current = true;
    sessionStorage.removeItem(key);
  }, [key]);
  const reset = useCallback(() => {
    setDraft({ base: theirs, values: theirs });
    setRestored(false);
  }, [theirs]);

  return {
    values: draft.values,
    draft,
    dirty,
    isUnsaved: () => !clean.current && isDirty(draft),
    set,
    discard,
    reset,
    restored: restored && dirty,
    mergedFrom,
    problems,
    setProblems,
    errorAt: (place: string, except?: readonly string[]) => problemAt(problems, place, except),
    /** Problems that no field shows. */
    elsewhere: problems.filter(({ path }) => !Object.keys(draft.values).some((field) => isAt(path, placeOf(field)))),
    current,
    conflicts: conflicts(draft, theirs),
    take: (field: keyof T) => setDraft((before) => takeTheirs(before, theirs, field)),
    keep: (field: keyof T) => setDraft((before) => keepMine(before, theirs, field)),
  };
}

export type Form<T extends Fields> = ReturnType<typeof useForm<T>>;
