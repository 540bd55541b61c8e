import { historyWords as text } from '../words/ledger';
import type { TextPieceFragment } from '../generated/operations';
import { TextParts } from './text-parts';
import { valueText } from './value';

interface FieldChange {
  readonly path: string;
  readonly kind: 'ADDED' | 'CHANGED' | 'REMOVED';
  readonly before: unknown;
  readonly after: unknown;
  /** The same in parts, where they are known. */
  readonly beforeParts?: readonly TextPieceFragment[] | null;
  readonly afterParts?: readonly TextPieceFragment[] | null;
}

/** What changed, field by field, as the ledger tells it apart. */
export function FieldChanges({ changes }: { changes: readonly FieldChange[] }) {
  return (
    <dl className="facts">
      {changes.map(({ path, kind, before, after, beforeParts, afterParts }) => (
        <div className="contents" key={path}>
          <dt>
            <code>{path}</code>
          </dt>
          <dd className="sentence">
            {kind === 'ADDED' ? null : <code className="gone">{beforeParts ? <TextParts parts={beforeParts} /> : valueText(before)}</code>}{' '}
            {kind === 'REMOVED' ? null : <code className="came">{afterParts ? <TextParts parts={afterParts} /> : valueText(after)}</code>}
            <span className="visually-hidden">{kind === 'ADDED' ? text.added : kind === 'REMOVED' ? text.removed : ''}</span>
          </dd>
        </div>
      ))}
    </dl>
  );
}
