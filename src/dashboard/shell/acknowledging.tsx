import { useState, useSyncExternalStore } from 'react';
import { asked, type Asked } from '../api/acknowledging';
import { Button } from '../ui/button';
import { Check } from '../ui/check';
import { Ask } from '../ui/overlay';
import { Usages } from '../ui/usages';
import { acknowledgeWords as text, words } from '../words/words';

function subscribe(listener: () => void): () => void {
  const subscription = asked.subscribe(listener);
  return () => subscription.unsubscribe();
}

/** Shows what a command does to experiments before it is sent again. */
export function Acknowledging() {
  const waiting = useSyncExternalStore(subscribe, () => asked.value);
  return waiting === undefined ? null : <Seen asked={waiting} />;
}

function Seen({ asked: { message, experiments, answer } }: { asked: Asked }) {
  const [seen, setSeen] = useState(false);
  return (
    <Ask
      title={text.title}
      onClose={() => answer(false)}
      footer={
        <>
          <Button onPress={() => answer(false)}>{words.cancel}</Button>
          <Button tone="primary" disabled={!seen} onPress={() => answer(true)}>
            {text.goOn}
          </Button>
        </>
      }
    >
      <p className="prose sentence">{message}</p>
      <Usages usages={experiments} />
      <Check checked={seen} onChange={setSeen}>
        {text.seen}
      </Check>
    </Ask>
  );
}
