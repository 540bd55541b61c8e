import type { Command } from '../../src/domain/command';
import type { Actor } from '../../src/domain/event';
import type { Json } from '../../src/domain/json';
import type { ProjectState } from '../../src/domain/project-state';
import type { ApplySetup } from '../../src/setup/plan';
import { createConfig, createFlag, editConfig, editFlag, moveConfig, moveFlag } from './experiences';
import { createExperiment, editExperiment, moveExperiment } from './experiments';
import { Luck } from './luck';
import * as parts from './parts';

/** Something that someone does at some time. It may be refused, as in life. */
export interface Act {
  /** UTC milliseconds. */
  readonly at: number;
  readonly actor: Actor;
  readonly reason?: string;
  readonly command: Command | ApplySetup;
}

export interface Year {
  readonly projectId: string;
  /** The catalogue that it begins with: a set-up file's content. */
  readonly setup: Json;
  /** How many things are tried after the catalogue is there. */
  readonly acts: number;
  /** The same seed over the same catalogue is the same year. */
  readonly seed: number;
  /** When it begins, in UTC milliseconds. */
  readonly begins: number;
}

const DAY = 24 * 3_600_000;
const LOADER: Actor = { id: 'svc-4be1', kind: 'service' };
/** Ids say nothing of who it is: names are kept outside the ledger. */
const PEOPLE: readonly Actor[] = ['u-19c2', 'u-19c2', 'u-19c2', 'u-77d0', 'u-77d0', 'u-a3f8', 'u-e004', 'u-5b6d'].map((id) => ({
  id,
  kind: 'user',
}));
const REASONS = ['Launch review', 'Ticket from support', 'Crash reports', 'Quarterly clean-up', 'Asked for by the country team'];

/** What is done, and how often of a hundred times or so. */
const HABITS: readonly (readonly [number, parts.Draw])[] = [
  [18, editConfig],
  [14, parts.reworkRule],
  [12, parts.changeDefault],
  [10, editFlag],
  [9, parts.describeSomething],
  [10, moveExperiment],
  [6, moveFlag],
  [5, editExperiment],
  [3, moveConfig],
  [3, createExperiment],
  [3, createFlag],
  [3, parts.archiveOne],
  [3, parts.restoreOne],
  [2, parts.renameSegment],
  [2, parts.cloneSegment],
  [2, parts.editGoal],
  [1, parts.createGoal],
  [1, parts.createKey],
  [1, parts.createSegment],
  [1, createConfig],
  [1, parts.turnExclusivity],
];
const DRAWS = HABITS.flatMap(([often, draw]) => Array.from({ length: often }, () => draw));

/**
 * A year of a team's work on a catalogue: it is loaded, and then edited, tested, rolled out, put away and brought back, by several people, on working
 * days. `stateNow` says what the project is when the next act is chosen, so anyone who plays it carries each act out before asking for the next.
 */
export function* yearOf({ projectId, setup, acts, seed, begins }: Year, stateNow: () => ProjectState): Generator<Act> {
  const luck = new Luck(seed);
  yield { at: begins, actor: LOADER, command: { type: 'CreateProject', id: projectId, name: 'Browser' } };
  yield { at: begins + 1_000, actor: LOADER, reason: 'First load', command: { type: 'ApplySetup', setup, prune: false } };
  for (let act = 0; act < acts; act += 1) {
    const command = luck.pick(DRAWS)?.(stateNow(), luck);
    const actor = luck.pick(PEOPLE);
    const reason = luck.once(4) ? luck.pick(REASONS) : undefined;
    if (command && actor) yield { at: workingTime(begins + DAY + (act / acts) * 363 * DAY), actor, reason, command };
  }
}

/** The same place in a day that has nine hours, from eight o'clock, and weeks of five days: those of a weekend are Monday's. */
function workingTime(time: number): number {
  const day = Math.floor(time / DAY) * DAY;
  const weekday = new Date(day).getUTCDay();
  const monday = weekday === 6 ? 2 : weekday === 0 ? 1 : 0;
  return monday > 0 ? day + monday * DAY + 8 * 3_600_000 : day + 8 * 3_600_000 + Math.floor((time - day) * (9 / 24));
}
