import { takes } from './bucket';
import { type Ruleset, addBit, haveCommon, noBits } from './ruleset';
import { type RunningExperiment, isTestUser } from './served-experiment';
import type { Subject } from './subject';
import { HOLDOUT, type Assignment } from './user-record';

export const NOT_TAKEN = -1;

/** Which running experiments have a user (X4). */
export interface Taking {
  /** By the experiment's number: the number of the user's variant in `RunningExperiment.variants`, or `NOT_TAKEN`. */
  readonly variants: readonly number[];
  /** The numbers of those that take the user now, and whose assignment is not stored yet. */
  readonly fresh: readonly number[];
  /** The user has an assignment of an experiment that started after this ruleset: it assigns the user to nothing new. */
  readonly behind: boolean;
}

/** In no experiment. */
export const NOT_ASSIGNED: Taking = { variants: [], fresh: [], behind: false };

/**
 * X4. The experiments that have the user are kept; the others are gone through in the order of their starts, and one takes the user if no
 * experiment that conflicts with it has them, and its traffic sample and the audience that it started with take them. A start never changes
 * what earlier experiments take, and which keys were asked for has no say. Takes time in the number of running experiments.
 */
export function take(ruleset: Ruleset, subject: Subject): Taking {
  const { running, conflicts } = ruleset;
  const { userId, assignments } = subject;
  const behind = assignments.newest > ruleset.revision && isBehind(ruleset, subject);
  if (userId === undefined || running.length === 0) return behind ? { ...NOT_ASSIGNED, behind } : NOT_ASSIGNED;
  const variants = new Array<number>(running.length).fill(NOT_TAKEN);
  const taken = noBits(running.length);
  if (assignments.byExperiment.size > 0) {
    for (let number = 0; number < running.length; number += 1) {
      const held = assignments.byExperiment.get(running[number]!.id);
      if (held === undefined) continue;
      variants[number] = variantNumber(running[number]!, held);
      addBit(taken, number);
    }
  }
  const fresh: number[] = [];
  if (isTestUser(ruleset, subject)) return { variants, fresh, behind };
  for (let number = 0; number < running.length; number += 1) {
    const experiment = running[number]!;
    if (variants[number] !== NOT_TAKEN || haveCommon(conflicts[number]!, taken)) continue;
    if (!takes(experiment.traffic, subject) || experiment.audience?.matches(subject) === false) continue;
    const isHeldOut = experiment.holdouts.some((holdout) => takes(holdout, subject));
    variants[number] = isHeldOut ? experiment.variants.length - 1 : experiment.variantOf(subject);
    addBit(taken, number);
    fresh.push(number);
  }
  return { variants, fresh, behind };
}

/** A variant that the experiment does not know gives no values, as the holdout group. */
function variantNumber({ variants }: RunningExperiment, { variant }: Assignment): number {
  const number = variants.indexOf(variant);
  return number === -1 ? variants.indexOf(HOLDOUT) : number;
}

function isBehind({ revision, source }: Ruleset, { assignments }: Subject): boolean {
  for (const assignment of assignments.byExperiment.values()) {
    if (assignment.revision > revision && !source.experiments.get(assignment.experiment)?.started) return true;
  }
  return false;
}

/** The numbers of those that take the user now and have one of the keys: they are stored before a key is answered. `undefined`: all keys are asked for. */
export function freshFor({ running }: Ruleset, { fresh }: Taking, keys: readonly string[] | undefined): readonly number[] {
  return keys === undefined ? fresh : fresh.filter((number) => keys.some((key) => running[number]!.outcomes.has(key)));
}

export function assignmentsOf(ruleset: Ruleset, taking: Taking, numbers: readonly number[], nowMs: number): readonly Assignment[] {
  return numbers.map((number) => {
    const { id, variants } = ruleset.running[number]!;
    return { experiment: id, variant: variants[taking.variants[number]!]!, assignedAt: nowMs, revision: ruleset.revision };
  });
}

/** The same without what is not stored, but for `stored`: what is served where some, or all, of the assignments were not made. */
export function heldOnly(taking: Taking, stored: readonly number[] = []): Taking {
  if (taking.fresh.length === stored.length) return taking;
  const variants = [...taking.variants];
  for (const number of taking.fresh) if (!stored.includes(number)) variants[number] = NOT_TAKEN;
  return { ...taking, variants, fresh: stored };
}
