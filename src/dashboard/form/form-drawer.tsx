import { useBlocker } from '@tanstack/react-router';
import type { ReactNode } from 'react';
import type { Outcome } from '../api/command';
import { Button } from '../ui/button';
import { Ask, Drawer } from '../ui/overlay';
import { Usages } from '../ui/usages';
import { Value } from '../ui/value';
import { formWords } from '../words/setup';
import { shellWords, words } from '../words/words';
import type { Fields } from './draft';
import type { Form } from './use-form';

/** What the form of every kind is given by the drawer that creates or edits one, and hands on to the drawer around it. */
export interface ThingFormProps<T extends Fields> {
  readonly title: string;
  readonly form: Form<T>;
  readonly saving: { readonly busy: boolean; readonly outcome: Outcome<unknown> | undefined };
  readonly saveText?: string;
  readonly onSave: () => void;
  readonly onClose: () => void;
  readonly children?: ReactNode;
}

interface FormDrawerProps<T extends Fields> extends ThingFormProps<T> {
  /** The labels of the fields, for those that changed meanwhile. */
  readonly labels: { readonly [name in keyof T]?: string };
  readonly wide?: boolean;
  readonly readOnly?: string | undefined;
}

/** A drawer around a form: it asks before it loses a change, and shows what others changed meanwhile. */
export function FormDrawer<T extends Fields>(props: FormDrawerProps<T>) {
  const { title, form, labels, saveText = words.save, wide = false, saving, readOnly, onSave, onClose, children } = props;
  const { busy, outcome } = saving;
  const save = () => {
    if (!busy && readOnly === undefined && form.conflicts.length === 0) onSave();
  };
  return (
    <>
      <Drawer
        title={title}
        wide={wide}
        onClose={onClose}
        onSubmit={save}
        footer={
          <>
            {readOnly === undefined ? null : <span className="quiet small sentence">{readOnly}</span>}
            {form.conflicts.length > 0 ? <span className="error">{formWords.decide}</span> : null}
            <Button onPress={onClose}>{readOnly === undefined ? words.cancel : words.close}</Button>
            {readOnly === undefined ? (
              <Button type="submit" tone="primary" disabled={busy || form.conflicts.length > 0}>
                {busy ? words.saving : saveText}
              </Button>
            ) : null}
          </>
        }
      >
        <div className="stack">
          <Meanwhile form={form} labels={labels} />
          {children}
          <Ended outcome={outcome} form={form} />
        </div>
      </Drawer>
      <Unsaved form={form} />
    </>
  );
}

function Meanwhile<T extends Fields>({ form, labels }: { form: Form<T>; labels: FormDrawerProps<T>['labels'] }) {
  const by = form.current.by ?? '';
  return (
    <>
      {form.restored ? (
        <div className="note line">
          <span>{formWords.draft}</span>
          <Button small onPress={form.reset}>
            {formWords.dropDraft}
          </Button>
        </div>
      ) : null}
      {form.mergedFrom !== undefined && form.conflicts.length === 0 && by !== '' ? (
        <p className="note" role="status">
          {formWords.merged(form.mergedFrom)}
        </p>
      ) : null}
      {form.conflicts.map((name) => (
        <div className="note stack tight" data-tone="amber" role="alert" key={name}>
          <span className="strong">{labels[name] ?? name}</span>
          <span>
            {formWords.theirs(by)} <Value value={form.current.values[name]} />
          </span>
          <span>
            {formWords.yours} <Value value={form.values[name]} />
          </span>
          <div className="line">
            <Button small onPress={() => form.take(name)}>
              {formWords.take}
            </Button>
            <Button small onPress={() => form.keep(name)}>
              {formWords.keep}
            </Button>
          </div>
        </div>
      ))}
    </>
  );
}

/** How the last save ended, unless a field says it already. */
function Ended<T extends Fields>({ outcome, form }: { outcome: Outcome<unknown> | undefined; form: Form<T> }) {
  if (outcome?.type === 'unknown') {
    return (
      <p className="note" data-tone="amber" role="alert">
        {outcome.message}
      </p>
    );
  }
  if (outcome?.type !== 'refused') return null;
  const { message, problems = [], usages = [] } = outcome.refused;
  const { elsewhere } = form;
  if (problems.length > 0 && elsewhere.length === 0) return null;
  return (
    <div className="note stack tight" data-tone="red" role="alert">
      <p className="sentence">
        {problems.length > 0 ? elsewhere.map((problem) => `${problem.path}: ${problem.message}`).join(' ') : message}
      </p>
      {usages.length === 0 ? null : <Usages usages={usages} />}
    </div>
  );
}

/** Asks before the page is left, the form closed or the tab shut with a change that is not saved. */
function Unsaved<T extends Fields>({ form }: { form: Form<T> }) {
  const blocker = useBlocker({ shouldBlockFn: form.isUnsaved, enableBeforeUnload: form.isUnsaved, withResolver: true });
  if (blocker.status !== 'blocked') return null;
  const leave = () => {
    form.discard();
    blocker.proceed();
  };
  return (
    <Ask
      title={shellWords.unsaved.title}
      alert
      onClose={blocker.reset}
      footer={
        <>
          <Button onPress={leave}>{shellWords.unsaved.leave}</Button>
          <Button tone="primary" autoFocus onPress={blocker.reset}>
            {shellWords.unsaved.stay}
          </Button>
        </>
      }
    >
      <p>{shellWords.unsaved.text}</p>
    </Ask>
  );
}
