import { useApolloClient } from '@apollo/client/react';
import { useState } from 'react';
import { operate } from '../../api/command';
import { ForcedVariantsDocument, ForgetUserDocument } from '../../generated/operations';
import { useProject, useReadOnly } from '../../shell/project';
import { Button } from '../../ui/button';
import { NotDone, type Ended } from '../../ui/not-done';
import { Ask } from '../../ui/overlay';
import { toast } from '../../ui/toasts';
import { tryWords as text } from '../../words/ledger';
import { words } from '../../words/words';

/** Removes all that is known of a user, once the person has read what that is. */
export function ForgetUser({ user, onDone }: { user: string; onDone: () => void }) {
  const { id: projectId } = useProject();
  const client = useApolloClient();
  const why = useReadOnly('FORGET_USERS');
  const [asking, setAsking] = useState(false);
  const [busy, setBusy] = useState(false);
  const [ended, setEnded] = useState<Ended>();
  const close = () => {
    setAsking(false);
    setEnded(undefined);
  };
  const forget = async () => {
    setBusy(true);
    const outcome = await operate(ForgetUserDocument, { projectId, user });
    setBusy(false);
    setEnded(outcome);
    if (outcome.type !== 'done') return;
    toast(outcome.value.wasKnown ? text.forgotten(outcome.value.observations) : text.unknownUser);
    close();
    void client.refetchQueries({ include: [ForcedVariantsDocument] });
    onDone();
  };
  return (
    <>
      <Button why={why} onPress={() => setAsking(true)}>
        {text.forget}
      </Button>
      {asking ? (
        <Ask
          title={text.forgetTitle(user)}
          alert
          onClose={close}
          footer={
            <>
              <Button onPress={close}>{words.cancel}</Button>
              <Button tone="danger" disabled={busy} onPress={() => void forget()}>
                {text.forget}
              </Button>
            </>
          }
        >
          <p className="prose">{text.forgetText}</p>
          <NotDone ended={ended} />
        </Ask>
      ) : null}
    </>
  );
}
