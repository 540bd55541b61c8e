import { checkBasisPoints } from './choice';
import type { EntityRef } from './event';
import { experiments, type Experiment, type FrozenAudience, type HoldoutInForce } from './experiment-state';
import { statusText } from './experiment-words';
import { activeHoldout } from './holdout';
import type { OnEntity } from './named-entity';
import { percentOf } from './percent';
import { entityKey, type ProjectState } from './project-state';
import { reachOf } from './reach';
import { illegalState, type RefusalOf } from './refusal';
import type { Decision } from './concept';
import { onExisting } from './targeting';

/* What an experiment takes from its project at creation and start, and what can change of it by then. */

export const notWhile = ({ name, status }: Experiment, verb: string, advice: string): RefusalOf<'ILLEGAL_STATE'> =>
  illegalState(`The experiment "${name}" is ${statusText(status)}, so you cannot ${verb}. ${advice}`);

/** X3. `undefined` is no wish: what the project's setting says. */
export const exclusiveBy = (setting: boolean, wish: boolean | undefined): boolean | RefusalOf<'ILLEGAL_STATE'> =>
  setting && wish === false
    ? illegalState('Mutually exclusive A/B tests are on in this project, so every new experiment is exclusive. Leave `exclusive` out.')
    : (wish ?? setting);

/** Makes a draft exclusive, or not exclusive (X3). */
export const exclusivityChange = (
  state: ProjectState,
  was: Experiment,
  wish: boolean | undefined,
  entity: EntityRef,
): Decision<RefusalOf<'ILLEGAL_STATE'>> => {
  if (wish === undefined || wish === was.exclusive) return [];
  if (was.started !== null)
    return notWhile(was, 'change whether it is exclusive', 'That is fixed by the start: create another experiment.');
  const { exclusivity: setting } = state;
  if (setting && !wish) {
    return illegalState(
      'Mutually exclusive A/B tests are on in this project, so an experiment cannot be made not exclusive. Turn them off first.',
    );
  }
  return [{ type: 'ExperimentExclusivityChanged', entity, data: { from: was.exclusive, to: wish, setting } }];
};

export const frozenAudience = (state: ProjectState, id: string | null): FrozenAudience | null => {
  const segment = id === null ? undefined : state.segments.get(id);
  if (segment === undefined) return null;
  const version = state.versions.get(entityKey('segment', segment.id))?.version ?? 0;
  return { segment: segment.id, name: segment.name, version, rule: segment.rule };
};

/** What is taken of the time before a user's first exposure, to be compared with. */
const DAYS_BEFORE = 14;

/** A test whose first observations would be gone before its results are whole has none. */
export const beyondRetention = (state: ProjectState, was: Experiment, keptDays = Infinity): RefusalOf<'ILLEGAL_STATE'> | undefined => {
  const windowDays = Math.max(0, ...was.goals.map(({ id }) => state.goals.get(id)?.windowDays ?? 0));
  const neededDays = (was.analysis.horizonDays ?? 0) + windowDays + DAYS_BEFORE;
  if (neededDays <= keptDays) return undefined;
  return illegalState(
    `The results of "${was.name}" take ${neededDays} days (its horizon, the longest window of its goals, and ${DAYS_BEFORE} days before), and what users do is kept ${keptDays} days (OBSERVATIONS_KEPT_DAYS). Choose an earlier horizon, or goals with shorter windows.`,
  );
};

/** X8: those that hold for an experiment that starts now, to its end. */
export const holdoutsInForce = (state: ProjectState): readonly HoldoutInForce[] => {
  const active = activeHoldout(state);
  return active === undefined ? [] : [{ id: active.id, name: active.name, share: active.share }];
};

/** E4: up, or down as well. Who is assigned stays, whichever way. */
export const changingTraffic = (lowers: boolean) =>
  onExisting<Experiment, { readonly traffic: number } & OnEntity, Decision<RefusalOf<'ILLEGAL_STATE'>>>(
    experiments.target,
    ({ traffic }) => checkBasisPoints(traffic, 'traffic'),
    (state, was, { traffic }) => {
      if (was.traffic === traffic) return [];
      if (was.status === 'DRAFT') return notWhile(was, 'change its traffic so', 'Edit the draft instead.');
      if (was.status !== 'RUNNING') return notWhile(was, 'change its traffic', 'Only a running experiment takes in more users, or fewer.');
      if (traffic < was.traffic && !lowers) {
        return illegalState(
          `The traffic of "${was.name}" is at ${percentOf(was.traffic)} %, so this would lower it: change its traffic instead of raising it.`,
        );
      }
      const raised = traffic > was.traffic ? { reach: reachOf(state, was, traffic) } : {};
      return [{ type: 'ExperimentTrafficChanged', entity: experiments.ref(was), data: { from: was.traffic, to: traffic, ...raised } }];
    },
  );
