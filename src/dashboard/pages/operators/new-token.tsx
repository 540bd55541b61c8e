import { useQuery } from '@apollo/client/react';
import { useState } from 'react';
import { operate } from '../../api/command';
import { FormDrawer } from '../../form/form-drawer';
import { useForm } from '../../form/use-form';
import { useSaving } from '../../form/use-saving';
import { IssueTokenDocument, ProjectsDocument, type ActorKind, type Role } from '../../generated/operations';
import { Button } from '../../ui/button';
import { Segmented } from '../../ui/check';
import { Choice, Suggest, type Option } from '../../ui/choice';
import { Field, Labelled } from '../../ui/field';
import { Ask } from '../../ui/overlay';
import { toast } from '../../ui/toasts';
import { accessWords as text } from '../../words/operators';

const HOUR_MS = 3_600_000;
const options = <T extends string>(of: { readonly [id in T]: string }): readonly Option<T>[] =>
  (Object.keys(of) as T[]).map((id) => ({ id, text: of[id] }));
const ROLES = options<Role>(text.roles);
const KINDS = options<ActorKind>(text.kinds);
const LASTING = options<keyof typeof text.lasting>(text.lasting).toSorted((a, b) => Number(a.id) - Number(b.id));

/** Asks what a token is to say, and shows it once. */
export function NewToken({ onClose }: { onClose: () => void }) {
  const values = {
    subject: '',
    name: '',
    kind: 'USER' as ActorKind,
    role: 'MEMBER' as Role,
    projectId: '',
    hours: '12' as keyof typeof text.lasting,
  };
  const places = { role: 'roles[0].roles', projectId: 'roles', hours: 'expiresAt' };
  const form = useForm('token:new', { values }, places);
  const [issued, setIssued] = useState<string>();
  const saving = useSaving(form, onClose);
  const { data } = useQuery(ProjectsDocument);
  const projects = [
    { id: '*', text: '*', note: text.everyProject },
    ...(data?.projects.nodes ?? []).map(({ id, name }) => ({ id, text: id, note: name })),
  ];
  const { subject, name, kind, role, projectId, hours } = form.values;
  const issue = async () => {
    const expiresAt = new Date(Date.now() + Number(hours) * HOUR_MS).toISOString();
    const named = name.trim() === '' ? {} : { name };
    const ended = await saving.shown(
      operate(IssueTokenDocument, { subject, kind, ...named, roles: [{ projectId, roles: [role] }], expiresAt }),
    );
    if (ended.type !== 'done') return;
    form.discard();
    setIssued(ended.value.token);
  };
  if (issued !== undefined) return <Issued token={issued} subject={subject} onClose={onClose} />;
  return (
    <FormDrawer
      title={text.issueTitle}
      saveText={text.issue}
      form={form}
      labels={{}}
      saving={saving}
      onSave={() => void issue()}
      onClose={onClose}
    >
      <p className="note prose">{text.issueLead}</p>
      <Field
        label={text.subject}
        hint={text.subjectHint}
        mono
        autoFocus
        value={subject}
        onChange={(value) => form.set('subject', value)}
        error={form.errorAt('subject')}
      />
      <Field
        label={text.name}
        hint={text.nameHint}
        value={name}
        onChange={(value) => form.set('name', value)}
        error={form.errorAt('name')}
      />
      <Labelled label={text.kind}>
        <Segmented label={text.kind} value={kind} options={KINDS} onChange={(value) => form.set('kind', value)} />
      </Labelled>
      <Choice
        label={text.role}
        value={role}
        options={ROLES}
        onChange={(value) => form.set('role', value)}
        error={form.errorAt('roles[0].roles')}
      />
      <Labelled label={text.project} hint={text.projectHint} error={form.errorAt('roles', ['roles[0].roles'])}>
        <Suggest
          label={text.project}
          bare
          value={projectId}
          options={projects}
          onChange={(value) => form.set('projectId', value)}
          error={form.errorAt('roles', ['roles[0].roles']) !== undefined}
        />
      </Labelled>
      <Choice
        label={text.ends}
        value={hours}
        options={LASTING}
        onChange={(value) => form.set('hours', value)}
        error={form.errorAt('expiresAt')}
      />
    </FormDrawer>
  );
}

function Issued({ token, subject, onClose }: { token: string; subject: string; onClose: () => void }) {
  const copy = () =>
    void navigator.clipboard.writeText(token).then(
      () => toast(text.copied),
      () => toast(text.notCopied),
    );
  return (
    <Ask
      title={text.issued}
      onClose={onClose}
      footer={
        <>
          <Button autoFocus onPress={copy}>
            {text.copy}
          </Button>
          <Button tone="primary" onPress={onClose}>
            {text.done}
          </Button>
        </>
      }
    >
      <p className="sentence">{text.issuedLead(subject)}</p>
      <Field label={text.token} lines mono value={token} onChange={() => undefined} />
    </Ask>
  );
}
