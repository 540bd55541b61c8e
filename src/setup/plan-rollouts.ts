import type { SingleCommand } from '../domain/decider';
import type { RolloutStatus } from '../domain/lifecycle';
import { holderOf } from '../domain/naming';
import type { ProjectState } from '../domain/project-state';
import { illegalState } from '../domain/refusal';
import { held, type About, type Planner } from './planner';

/** The id of the segment of that name. A name without a segment is left for the domain to refuse, with its place. */
export function segmentId(state: ProjectState, name: string | null): string | null {
  return name === null ? null : (holderOf(state, 'segment', name) ?? name);
}

/**
 * The rows of a file as the flag or config will have them. Samples are drawn by row ids, so a row that says what one said before is that
 * one; else it keeps the id of one for the same segment; else of one that said the same for another segment; else it is new.
 */
export function keepRows<R extends { readonly segment: string | null }>(
  rows: readonly R[],
  before: readonly (R & { readonly id: string })[],
  same: (was: R, row: R) => boolean,
): readonly (R & { readonly id?: string })[] {
  const left = [...before];
  const take = (which: (row: R) => boolean): (R & { readonly id: string }) | undefined => {
    const at = left.findIndex(which);
    return at < 0 ? undefined : left.splice(at, 1)[0];
  };
  const ways: readonly ((was: R, row: R) => boolean)[] = [
    same,
    (was, row) => was.segment === row.segment,
    (was, row) => same({ ...was, segment: row.segment }, row),
  ];
  const kept = new Map<R, R & { readonly id: string }>();
  // Each way is tried for all rows before the next, so that no row takes one that another has more in common with.
  for (const way of ways) {
    for (const row of rows) {
      const was = kept.has(row) ? undefined : take((one) => way(one, row));
      if (was) kept.set(row, same(was, row) ? was : { ...row, id: was.id });
    }
  }
  return rows.map((row) => kept.get(row) ?? row);
}

interface Rollout extends About {
  readonly kind: 'flag' | 'config';
  readonly id: string;
  readonly status: RolloutStatus;
}

/** Creates or edits a flag or config as the file says, and then brings it to its status. */
export function planRollout(
  planner: Planner,
  kind: Rollout['kind'],
  command: SingleCommand,
  { name, status }: { readonly name: string; readonly status: RolloutStatus },
): void {
  if (!planner.carry(command, { kind, name })) return;
  const now = held(planner.state, kind, name);
  if (now) moveRollout(planner, { kind, id: now.id, name: now.name, status: now.status }, status);
}

/** Brings a flag or config to the status that the file says, by as many moves as that takes (E4). */
function moveRollout(planner: Planner, { kind, id, name, status }: Rollout, wanted: RolloutStatus): void {
  const suffix = kind === 'flag' ? 'Flag' : 'Config';
  const carry = (verb: 'Publish' | 'Pause' | 'Resume'): boolean => planner.carry({ type: `${verb}${suffix}`, id }, { kind, name });
  if (status === wanted) return;
  if (wanted === 'DRAFT') {
    const message = `The ${kind} "${name}" is ${status.toLowerCase()}, and never becomes a draft again. Say PAUSED.`;
    const wayOut = 'Say `status: PAUSED`: it then serves nothing, as a draft does.';
    planner.refuse(`Pause${suffix}`, { kind, name }, illegalState(message), { before: { status }, after: { status: wanted }, wayOut });
  } else if (status === 'PAUSED') carry('Resume');
  else if (status === 'LIVE') carry('Pause');
  else if (carry('Publish') && wanted === 'PAUSED') carry('Pause');
}
