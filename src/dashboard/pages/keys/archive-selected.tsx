import { useState } from 'react';
import { send, type Refused } from '../../api/command';
import { ArchiveManyDocument } from '../../generated/operations';
import { useProject, useReadOnly } from '../../shell/project';
import { Button } from '../../ui/button';
import { toast } from '../../ui/toasts';
import { keyWords } from '../../words/setup';
import { words } from '../../words/words';

interface ArchiveSelectedProps {
  readonly selected: ReadonlySet<string>;
  readonly onDone: () => void;
  readonly onRefused: (refused: Refused) => void;
}

/** Archives all that is selected, or nothing: one command. */
export function ArchiveSelected({ selected, onDone, onRefused }: ArchiveSelectedProps) {
  const { id: projectId } = useProject();
  const [busy, setBusy] = useState(false);
  const why = useReadOnly();
  if (selected.size === 0) return null;
  const archive = async () => {
    setBusy(true);
    const items = [...selected].map((id) => ({ id }));
    const ended = await send(ArchiveManyDocument, { projectId, items });
    setBusy(false);
    if (ended.type === 'refused') onRefused(ended.refused);
    else if (ended.type === 'unknown') toast(ended.message);
    else {
      toast(ended.type === 'done' ? keyWords.archivedMany(items.length) : words.accepted);
      onDone();
    }
  };
  return (
    <span className="line push">
      <span className="quiet">{keyWords.selected(selected.size)}</span>
      <Button small disabled={busy} why={why} onPress={() => void archive()}>
        {keyWords.archiveMany}
      </Button>
    </span>
  );
}
