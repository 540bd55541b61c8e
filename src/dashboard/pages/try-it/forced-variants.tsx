import { useQuery } from '@apollo/client/react';
import { useState } from 'react';
import { operate } from '../../api/command';
import { ClearOverrideDocument, ForcedVariantsDocument, ForceVariantDocument } from '../../generated/operations';
import { useProject, useReadOnly } from '../../shell/project';
import { Badge, statusText } from '../../ui/badge';
import { Button } from '../../ui/button';
import { Choice } from '../../ui/choice';
import { NotDone, type Ended } from '../../ui/not-done';
import { Failed, Loading } from '../../ui/states';
import { exactTime } from '../../ui/time';
import { toast } from '../../ui/toasts';
import { tryWords as text } from '../../words/ledger';

/** The variants that one user gets for a look at them, whatever else would decide; each change asks for the user's values again. */
export function ForcedVariants({ user, onChange }: { user: string; onChange: () => void }) {
  const { id: project } = useProject();
  const why = useReadOnly('FORCE_VARIANTS');
  const { data, error, refetch } = useQuery(ForcedVariantsDocument, { variables: { project, user }, fetchPolicy: 'network-only' });
  const [test, setTest] = useState<string>();
  const [variant, setVariant] = useState<string>();
  const [ended, setEnded] = useState<Ended>();
  const tests = data?.project?.experiments.nodes ?? [];
  const chosen = tests.find(({ id }) => id === test);
  const settle = async (acting: Promise<Ended>, done: string) => {
    const outcome = await acting;
    setEnded(outcome);
    if (outcome.type !== 'done') return;
    toast(done);
    onChange();
    await refetch();
  };
  const force = () => {
    const of = chosen?.variants.find((one) => one.variant === variant);
    if (chosen === undefined || of === undefined) return;
    void settle(operate(ForceVariantDocument, { id: chosen.id, user, variant: of.variant }), text.isForced(of.name));
  };
  const forced = data?.experimentsOf?.forced;
  return (
    <section className="stack tight" aria-label={text.forced}>
      <h2>{text.forced}</h2>
      <p className="quiet prose">{text.forcedLead}</p>
      {forced === undefined ? (
        error === undefined ? (
          <Loading />
        ) : (
          <Failed error={error} onRetry={() => void refetch()} />
        )
      ) : forced.length === 0 ? (
        <p className="quiet">{text.noneForced}</p>
      ) : (
        <ul className="panel rows">
          {forced.map(({ nodeId, name, variant: given, until }) => (
            <li key={nodeId}>
              <div className="grow">
                <span className="strong sentence">{name}</span> <Badge tone="plum">{nameOf(tests, nodeId, given)}</Badge>
              </div>
              <span className="quiet">
                {text.until} {exactTime(until)}
              </span>
              <Button
                small
                why={why}
                label={text.clearOf(name)}
                onPress={() => void settle(operate(ClearOverrideDocument, { id: nodeId, user }), text.isCleared)}
              >
                {text.clear}
              </Button>
            </li>
          ))}
        </ul>
      )}
      <div className="line">
        <Choice
          label={text.test}
          value={test}
          options={tests.map(({ id, name, status }) => ({ id, text: name, note: statusText(status) }))}
          onChange={(id) => {
            setTest(id);
            setVariant(undefined);
          }}
          disabled={why !== undefined}
        />
        <Choice
          label={text.variant}
          value={variant}
          options={(chosen?.variants ?? []).map((one) => ({ id: one.variant, text: one.name }))}
          onChange={setVariant}
          disabled={why !== undefined || chosen === undefined}
        />
        <span className="with-labels">
          <Button why={why} disabled={variant === undefined} onPress={force}>
            {text.force}
          </Button>
        </span>
      </div>
      <NotDone ended={ended} />
    </section>
  );
}

type Test = { readonly id: string; readonly variants: readonly { readonly variant: string; readonly name: string }[] };

/** What people call the variant; its id where the test is not among those that can be forced. */
function nameOf(tests: readonly Test[], id: string, variant: string): string {
  return tests.find((test) => test.id === id)?.variants.find((one) => one.variant === variant)?.name ?? variant;
}
