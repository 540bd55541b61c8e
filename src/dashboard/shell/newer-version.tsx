import { useState, useSyncExternalStore } from 'react';
import { newer } from '../api/newer';
import { Button } from '../ui/button';
import { words } from '../words/words';

function subscribe(listener: () => void): () => void {
  const subscription = newer.subscribe(listener);
  return () => subscription.unsubscribe();
}

/** Says that the server has been replaced by another version, and leaves it to the person when to load it: drafts are kept over that. */
export function NewerVersion() {
  const is = useSyncExternalStore(subscribe, () => newer.value);
  const [later, setLater] = useState(false);
  if (!is || later) return null;
  return (
    <div className="bar" role="status">
      <span>{words.newer.text}</span>
      <span className="push line">
        <Button small onPress={() => setLater(true)}>
          {words.newer.later}
        </Button>
        <Button small tone="primary" onPress={() => window.location.reload()}>
          {words.newer.reload}
        </Button>
      </span>
    </div>
  );
}
