import { percent } from './change-words';
import { checkBasisPoints } from './choice';
import { type Concept, type Evolve, created, movedBetween } from './concept';
import type { EntityRef, Fact } from './event';
import type { OnEntity } from './named-entity';
import { checkText, claimName, nameTaken, releaseName } from './naming';
import { percentOf } from './percent';
import { withEntity, type ProjectState } from './project-state';
import { illegalState, invalid, type Problem } from './refusal';
import { nothingToCheck, onExisting } from './targeting';
import { cleanName } from './text';
import { entityText } from './text-part';

/** X8: the largest share of users that is held out, in basis points. */
export const HOLDOUT_SHARE = 2_000;

export const HOLDOUT_STATUSES = ['ACTIVE', 'ENDED'] as const;
export type HoldoutStatus = (typeof HOLDOUT_STATUSES)[number];

/* events */

export type HoldoutEvent = Fact<'HoldoutCreated', { readonly share: number }> | Fact<'HoldoutEnded', Record<string, never>>;

/* state */

/** A share of users who get no values from experiments that start while it is active (X8). It cannot be changed, only ended. */
export interface Holdout {
  readonly id: string;
  readonly name: string;
  /** Its share of all users, in basis points. They are sampled by its id. */
  readonly share: number;
  readonly status: HoldoutStatus;
}

/** The one that is active (X8). */
export function activeHoldout({ holdouts }: ProjectState): Holdout | undefined {
  return holdouts.find(({ status }) => status === 'ACTIVE');
}

/* evolve */

const evolve: Evolve<HoldoutEvent> = {
  HoldoutCreated: (state, { entity: { id, name }, data: { share } }) =>
    claimName(withEntity(state, 'holdout', id, { id, name, share, status: 'ACTIVE' }), 'holdout', name, id),
  HoldoutEnded: (state, { entity: { id, name }, revision }) => {
    const was = state.holdouts.get(id);
    const ended = was === undefined ? state : withEntity(state, 'holdout', id, { ...was, status: 'ENDED' });
    return releaseName(ended, 'holdout', name, { id, revision });
  },
};

/* commands */

export type HoldoutCommand =
  { readonly type: 'CreateHoldout'; readonly name: string; readonly share: number } | ({ readonly type: 'EndHoldout' } & OnEntity);

/* decide */

const ref = ({ id, name }: { readonly id: string; readonly name: string }): EntityRef => ({ kind: 'holdout', id, name });

export function checkHoldoutShare(share: number, path: string): readonly Problem[] {
  const problems = checkBasisPoints(share, path);
  if (problems.length > 0 || (share > 0 && share <= HOLDOUT_SHARE)) return problems;
  return [{ path, message: `must be more than 0 % and at most ${percentOf(HOLDOUT_SHARE)} %, not ${percentOf(share)} %` }];
}

const target = {
  kind: 'holdout' as const,
  id: (command: OnEntity) => command.id,
  find: ({ holdouts }: ProjectState, id: string) => holdouts.get(id),
};

export const holdout = {
  kind: 'holdout',
  right: 'write set-up',
  schemaVersions: { HoldoutCreated: 1, HoldoutEnded: 1 },
  evolve,
  decide: {
    CreateHoldout: (state, command, { newId }) => {
      const problems = [...checkText(command), ...checkHoldoutShare(command.share, 'share')];
      if (problems.length > 0) return invalid(...problems);
      const entity = ref({ id: newId, name: cleanName(command.name) });
      const active = activeHoldout(state);
      const taken = nameTaken(state, 'holdout', entity.name);
      if (taken !== undefined) return taken;
      if (active !== undefined) return illegalState(`The holdout "${active.name}" is active, and a project has at most one. End it first.`);
      return [{ type: 'HoldoutCreated', entity, data: { share: command.share } }];
    },

    EndHoldout: onExisting(target, nothingToCheck, (_state, was) =>
      was.status === 'ENDED' ? [] : [{ type: 'HoldoutEnded', entity: ref(was), data: {} }],
    ),
  },
  sentence: {
    HoldoutCreated: ({ entity, data }) => `created holdout ${entityText(entity)} of ${percent(data.share)} of all users`,
    HoldoutEnded: ({ entity }) => `ended holdout ${entityText(entity)}`,
  },
  changed: {
    HoldoutCreated: created,
    HoldoutEnded: movedBetween('status', 'ACTIVE', 'ENDED'),
  },
  revert: ({ holdouts }, id, then: Pick<Holdout, 'status'>) => {
    const now = holdouts.get(id);
    if (now === undefined || now.status === then.status) return now && [];
    // It has ended since: of a holdout that goes on after a break, the users would have been in experiments.
    const refusal = illegalState(`The holdout "${now.name}" has ended, for good. Create another.`);
    return [{ path: 'status', refusal }];
  },
} as const satisfies Concept<'holdout', HoldoutEvent, HoldoutCommand>;
