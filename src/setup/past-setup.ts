import { entitiesOf, type ProjectState } from '../domain/project-state';
import { mapSteps, type Steps } from '../domain/steps';
import { exportingSetup } from './export';
import type { SetupFile } from './file';

/** Kinds whose things have an id, and a name that can pass from one to another. */
export const THING_KINDS = ['segment', 'goal', 'flag', 'config', 'experiment'] as const;
export type ThingKind = (typeof THING_KINDS)[number];

/** A thing that a set-up consisted of. */
export interface PastThing {
  readonly kind: ThingKind;
  readonly id: string;
  readonly name: string;
  /** Of a flag, a config or an experiment. */
  readonly status?: string;
}

/** What a project's set-up was: as a file says it, and which things it was of. It is JSON, so that a command can carry it. */
export interface PastSetup {
  readonly revision: number;
  readonly file: SetupFile;
  readonly things: readonly PastThing[];
}

/** The set-up of a state, in pieces. Nothing of the state is shared with it but what never changes. */
export function* describingPast(state: ProjectState): Steps<PastSetup> {
  const file = yield* exportingSetup(state);
  const things = yield* mapSteps(THING_KINDS, (kind) => thingsOf(state, kind));
  return {
    revision: state.head.revision,
    file: { holdout: null, ...file },
    things: things.flat(),
  };
}

function thingsOf(state: ProjectState, kind: ThingKind): readonly PastThing[] {
  return [...entitiesOf(state, kind).values()].flatMap((thing): readonly PastThing[] => {
    const { id, name } = thing;
    if (!('status' in thing)) return thing.archived ? [] : [{ kind, id, name }];
    return thing.status === 'ARCHIVED' ? [] : [{ kind, id, name, status: thing.status }];
  });
}
