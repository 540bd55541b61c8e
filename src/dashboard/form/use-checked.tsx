import type { TypedDocumentNode } from '@apollo/client';
import { useQuery } from '@apollo/client/react';
import { useMemo } from 'react';
import { problemAt, type Problem } from '../api/problem';
import type { CheckedFragment } from '../generated/operations';
import { usePaused } from '../ui/use-paused';
import { formWords } from '../words/setup';
import type { Fields } from './draft';
import type { Form } from './use-form';

type Checking<V> = TypedDocumentNode<{ readonly check: CheckedFragment | null }, V>;

/** A form with what the ledger says of it while it is being written: problems at their fields, as a command would have them, warnings, and its words. */
export function useChecked<T extends Fields, V extends object>(form: Form<T>, document: Checking<V>, written: V | undefined) {
  // As a text it is the same for as long as it says the same.
  const settled = usePaused(written === undefined ? undefined : textOf(written));
  const variables = settled === undefined ? undefined : (JSON.parse(settled) as V);
  const { data, previousData, error } = useQuery(document as Checking<Record<string, unknown>>, {
    variables: (variables ?? {}) as Record<string, unknown>,
    skip: variables === undefined,
  });
  const check = error !== undefined || written === undefined ? undefined : (data ?? previousData)?.check;
  const problems = useMemo(() => allOf(form.problems, check?.problems ?? []), [form.problems, check]);
  const errorAt: Form<T>['errorAt'] = (place, except) => problemAt(problems, place, except);
  return { form: { ...form, problems, errorAt }, warnings: check?.warnings ?? [], text: check?.text ?? null };
}

/** What a command was refused with first, and what the check has besides. */
function allOf(refused: readonly Problem[], checked: readonly Problem[]): readonly Problem[] {
  return [...refused, ...checked.filter(({ path, message }) => !refused.some((one) => one.path === path && one.message === message))];
}

/** undefined: it has a number that is none, of which the form itself has the text. */
function textOf(written: object): string | undefined {
  let isWhole = true;
  const text = JSON.stringify(written, (_name, value: unknown) => {
    if (typeof value === 'number' && !Number.isFinite(value)) isWhole = false;
    return value;
  });
  return isWhole ? text : undefined;
}

/** What is allowed and hardly meant, each with the part that it is about. */
export function Warnings({ warnings }: { warnings: CheckedFragment['warnings'] }) {
  if (warnings.length === 0) return null;
  return (
    <div className="note stack tight" data-tone="amber" role="status">
      <h3>{formWords.warnings}</h3>
      {warnings.map(({ path, message }) => (
        <p key={path + message} className="sentence">
          {partOf(path)}
          {message}
        </p>
      ))}
    </div>
  );
}

/** `rows[2].value` is of the third row. */
function partOf(path: string): string {
  const [, list = '', index] = /^(\w+)(?:\[(\d+)\])?/.exec(path) ?? [];
  const part = formWords.parts[list as keyof typeof formWords.parts];
  if (part === undefined) return '';
  return index === undefined ? `${part.all}: ` : `${part.one} ${Number(index) + 1}: `;
}
