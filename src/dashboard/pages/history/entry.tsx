import { Link } from '@tanstack/react-router';
import { useState } from 'react';
import type { EntryFragment } from '../../generated/operations';
import { useProject, useReadOnly } from '../../shell/project';
import { KindBadge } from '../../ui/badge';
import { Button } from '../../ui/button';
import { FieldChanges } from '../../ui/field-changes';
import { TextParts } from '../../ui/text-parts';
import { clockTime } from '../../ui/time';
import { historyWords as text } from '../../words/ledger';
import { Revert } from './revert';

/** One change: the ledger's sentence, its reason, its fields, and the way back to it. */
export function Entry({ entry }: { entry: EntryFragment }) {
  const { id: project } = useProject();
  const { event, sentenceParts, reason, changes, occurredAt, rightToRevert } = entry;
  const { entity, revision } = event;
  const [open, setOpen] = useState(false);
  const [reverting, setReverting] = useState(false);
  const readOnly = useReadOnly(...(rightToRevert === null ? [] : [rightToRevert]));
  const kind = entity.kind ?? 'PROJECT';
  return (
    <li>
      <time dateTime={occurredAt} className="quiet clock">
        {clockTime(occurredAt)}
      </time>
      <div className="grow stack tight">
        <p>
          <TextParts parts={sentenceParts} />
        </p>
        {reason === null ? null : <p className="quiet sentence">“{reason}”</p>}
        {open ? <FieldChanges changes={changes} /> : null}
        {reverting ? <Revert entry={entry} onClose={() => setReverting(false)} /> : null}
      </div>
      <div className="line">
        <KindBadge kind={kind} />
        {changes.length === 0 ? null : (
          <Button small tone="ghost" onPress={() => setOpen(!open)}>
            {open ? text.hide : text.changes}
          </Button>
        )}
        <Link to={`/p/${encodeURIComponent(project)}`} search={{ at: `r${revision}` } as never} className="small">
          {text.asOf}
        </Link>
        {kind === 'PROJECT' ? null : (
          <Button small tone="ghost" why={readOnly} onPress={() => setReverting(true)}>
            {text.revert}
          </Button>
        )}
      </div>
    </li>
  );
}
