import type { Outcome } from '../api/command';
import { Usages } from './usages';

export type Ended = Outcome<unknown>;

/** Why a command was not carried out, with what is in its way; nothing if it was. */
export function NotDone({ ended }: { ended: Ended | undefined }) {
  if (ended?.type !== 'refused' && ended?.type !== 'unknown') return null;
  const usages = ended.type === 'refused' ? (ended.refused.usages ?? []) : [];
  return (
    <div className="note stack tight" data-tone="red" role="alert">
      <p className="sentence">{ended.type === 'refused' ? ended.refused.message : ended.message}</p>
      {usages.length === 0 ? null : <Usages usages={usages} />}
    </div>
  );
}
