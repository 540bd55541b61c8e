import type { Archiving, Decision, DecisionContext } from './concept';
import { decideInTurn } from './in-turn';
import { type RefusalTo, CONCEPTS, type ArchivableKind } from './decider';
import type { ProjectState } from './project-state';
import { invalid, inUse, notFound, type Refusal, type RefusalOf, type Usage } from './refusal';

/** At most so many in one command. */
export const ARCHIVE_MANY = 100;

/** What uses others comes before what it uses, so that a flag and its key can go in one command, however they are listed. */
const TURN: { readonly [Kind in ArchivableKind]: number } = { experiment: 1, flag: 2, config: 3, goal: 4, segment: 5, key: 6 };

export interface ArchiveItem extends Archiving {
  readonly kind: ArchivableKind;
  /** A key's name, or the id of anything else. */
  readonly id: string;
}

export interface ArchiveMany {
  readonly type: 'ArchiveMany';
  readonly items: readonly ArchiveItem[];
}

/** All or none: each item is guarded as if it were archived alone, after those that use it. */
export function archiveMany(
  state: ProjectState,
  projectId: string,
  { items }: ArchiveMany,
  context: DecisionContext,
): Decision<ArchiveRefusal | RefusalOf<'INVALID_INPUT'>> {
  if (state.project === undefined) return notFound('project', projectId);
  if (items.length === 0 || items.length > ARCHIVE_MANY) {
    return invalid({ path: 'items', message: `must be 1 to ${ARCHIVE_MANY} items, not ${items.length}` });
  }
  const inOrder = [...items].sort((a, b) => TURN[a.kind] - TURN[b.kind]);
  const { facts, refusals } = decideInTurn(state, projectId, inOrder, archiveCommand, context);
  return refusals.length > 0 ? together(refusals) : facts;
}

/** One of the commands that archive one thing. */
type ArchiveCommand = ReturnType<(typeof CONCEPTS)[ArchivableKind]['archive']>;
type ArchiveRefusal = RefusalTo<ArchiveCommand>;

const archiveCommand = ({ kind, id, expectedVersion }: ArchiveItem): ArchiveCommand => CONCEPTS[kind].archive({ id, expectedVersion });

/** A6, over all items: one that is not there comes before one that has moved, and both before any guard. */
const FIRST: readonly Refusal['code'][] = ['NOT_FOUND', 'STALE', 'INVALID_INPUT', 'ILLEGAL_STATE'];

/** One refusal for all: where every item is in use, everyone who uses one of them; else the first, in the order of A6, that is something else. */
function together(refusals: readonly { readonly item: ArchiveItem; readonly refusal: ArchiveRefusal }[]): ArchiveRefusal {
  const naming = ({ item, refusal }: (typeof refusals)[number]): string => `${item.kind} "${item.id}": ${refusal.message}`;
  const [other] = refusals
    .filter(({ refusal }) => refusal.code !== 'IN_USE')
    .sort((a, b) => FIRST.indexOf(a.refusal.code) - FIRST.indexOf(b.refusal.code));
  if (other) return { ...other.refusal, message: `Nothing was archived. ${naming(other)}` };
  const usages = new Map<string, Usage>();
  for (const { refusal } of refusals) {
    if (refusal.code === 'IN_USE') for (const usage of refusal.usages) usages.set(`${usage.kind}:${usage.id}`, usage);
  }
  return inUse(`Nothing was archived. ${refusals.slice(0, 5).map(naming).join(' ')}`, [...usages.values()]);
}
