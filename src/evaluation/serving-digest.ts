import type { Config } from '../domain/config';
import type { EntityRef } from '../domain/event';
import type { Experiment, HoldoutInForce } from '../domain/experiment-state';
import type { Flag } from '../domain/flag';
import { canonical, sameJson, sha256 } from '../domain/json';
import type { Key } from '../domain/key';
import type { ProjectState } from '../domain/project-state';
import type { Rule } from '../domain/rule';

/** What of a project is compiled. A `ProjectState` is one. */
export type RulesetSource = Pick<ProjectState, 'head' | 'keys' | 'segments' | 'flags' | 'configs' | 'experiments' | 'holdouts'>;

/** The holdouts that were active at the start of an experiment and have not ended: its roll-out passes over their users (X8). */
export function activeHoldouts({ holdouts }: RulesetSource, { started }: Experiment): readonly HoldoutInForce[] {
  return (started?.holdouts ?? []).filter(({ id }) => holdouts.get(id)?.status === 'ACTIVE');
}

/*
 * What of each entity is served (V5): all that decides which value a user gets or what an answer says, and nothing else. `null`: nothing. From the
 * same parts follow the serving digest and whether an event has changed it.
 */

const digests = new WeakMap<Rule, string>();

/** The digest of a rule: equal rules have equal digests. */
export function ruleDigest(rule: Rule): string {
  const digest = digests.get(rule) ?? sha256(canonical(rule));
  digests.set(rule, digest);
  return digest;
}

/** The digest of a segment's rule; `null` for everyone. */
export type SegmentDigest = (segment: string | null) => string | null;

export function keyPart({ name, defaultValue, archived }: Key) {
  return archived ? null : [name, defaultValue];
}

export function flagPart({ id, status, key, rows }: Flag, digest: SegmentDigest) {
  if (status === 'PAUSED') return [id, status, key];
  if (status !== 'LIVE') return null;
  return [id, status, key, rows.map((row) => [row.id, digest(row.segment), row.percentage, row.value])];
}

export function configPart({ id, status, keys, rows }: Config, digest: SegmentDigest) {
  if (status === 'PAUSED') return [id, status, keys];
  return status === 'LIVE' ? [id, status, keys, rows.map((row) => [row.id, digest(row.segment), row.values])] : null;
}

export function runningPart(experiment: Experiment) {
  const { id, exclusive, traffic, keys, variants, started } = experiment;
  const arms = variants.map(({ name: _name, ...arm }) => arm);
  return [
    id,
    started?.revision,
    audienceDigest(experiment),
    exclusive,
    experiment.sticky,
    traffic,
    shares(started?.holdouts ?? []),
    keys,
    arms,
  ];
}

export function rollOutPart(experiment: Experiment, heldOut: readonly HoldoutInForce[]) {
  const { id, rolledOut, keys, variants } = experiment;
  const values = variants.find((variant) => variant.id === rolledOut?.variant)?.values;
  return [id, rolledOut, audienceDigest(experiment), shares(heldOut), keys, values];
}

const shares = (holdouts: readonly HoldoutInForce[]) => holdouts.map(({ id, share }) => [id, share]);

function audienceDigest({ started }: Experiment): string | null {
  return started?.audience ? ruleDigest(started.audience.rule) : null;
}

/**
 * The last revision that changed what is served, after an event: what `compileRuleset` is given. It follows from the history alone, so every
 * instance, however it came to its state, gives the same in its answers (V2).
 */
export function servingRevisionAfter(servingRevision: number, before: ProjectState, after: ProjectState, entity: EntityRef): number {
  return sameJson(servedPart(before, entity), servedPart(after, entity)) ? servingRevision : after.head.revision;
}

function servedPart(state: ProjectState, { kind, id }: EntityRef): unknown {
  const digest: SegmentDigest = (segment) => segmentDigest(state, segment);
  const of = <E>(entity: E | undefined, part: (entity: E) => unknown): unknown => (entity === undefined ? null : part(entity));
  if (kind === 'key') return of(state.keys.get(id), keyPart);
  if (kind === 'segment') return isServed(state, id) ? digest(id) : null;
  if (kind === 'flag') return of(state.flags.get(id), (flag) => flagPart(flag, digest));
  if (kind === 'holdout') return isPassedOver(state, id);
  if (kind === 'config') return of(state.configs.get(id), (config) => configPart(config, digest));
  return kind === 'experiment' ? of(state.experiments.get(id), (experiment) => experimentPart(state, experiment)) : null;
}

function experimentPart(source: RulesetSource, experiment: Experiment): unknown {
  if (experiment.status === 'RUNNING') return runningPart(experiment);
  return experiment.status === 'ROLLED_OUT' ? rollOutPart(experiment, activeHoldouts(source, experiment)) : null;
}

/** Whether a roll-out passes over the users of the holdout. Running experiments keep those that they started with (X8). */
function isPassedOver(state: ProjectState, holdout: string): boolean {
  return state.experiments.some(
    (experiment) => experiment.status === 'ROLLED_OUT' && activeHoldouts(state, experiment).some(({ id }) => id === holdout),
  );
}

export function segmentDigest({ segments }: RulesetSource, id: string | null): string | null {
  const segment = id === null ? undefined : segments.get(id);
  return segment === undefined ? null : ruleDigest(segment.rule);
}

/** Whether something live has a row for the segment. Experiments carry the rule that they started with (S3). */
function isServed({ flags, configs }: RulesetSource, segment: string): boolean {
  const uses = (experience: Flag | Config) => experience.status === 'LIVE' && experience.rows.some((row) => row.segment === segment);
  return flags.some(uses) || configs.some(uses);
}
