import type { Experiment } from '../domain/experiment-state';
import { sha256 } from '../domain/json';
import { conflict } from '../domain/reach';
import { finish, type Steps } from '../domain/steps';
import type { CompiledCounter } from './counted';
import { tailsOf, type Tails } from './outcome';
import { compileParts, type RulesetParts } from './ruleset-parts';
import type { RulesetSource } from './serving-digest';
import type { RunningExperiment } from './served-experiment';
import type { ServedKey } from './served-key';

/** Experiments by their number in a ruleset, as bits: 32 in each word. */
type ExperimentBits = Int32Array;

export function noBits(experiments: number): ExperimentBits {
  return new Int32Array((experiments + 31) >>> 5);
}

export function addBit(bits: ExperimentBits, number: number): void {
  bits[number >>> 5]! |= 1 << (number & 31);
}

export function haveCommon(a: ExperimentBits, b: ExperimentBits): boolean {
  for (let word = 0; word < a.length; word += 1) if ((a[word]! & b[word]!) !== 0) return true;
  return false;
}

/** For each experiment those that it conflicts with. Made when a ruleset is compiled, so that a request compares words of bits. */
function conflictsOf(experiments: readonly Experiment[]): readonly ExperimentBits[] {
  return experiments.map((experiment) => {
    const bits = noBits(experiments.length);
    for (const [number, other] of experiments.entries()) if (other !== experiment && conflict(experiment, other)) addBit(bits, number);
    return bits;
  });
}

/** A project at a revision, compiled for evaluation. It never changes. */
export interface Ruleset {
  readonly source: RulesetSource;
  readonly revision: number;
  /** The last revision that changed `digest`, by the history of the project. */
  readonly servingRevision: number;
  /** A digest of all that is compiled for serving: words, drafts and goals do not change it (V5). */
  readonly digest: string;
  /** By name, in the order of names. */
  readonly keys: ReadonlyMap<string, ServedKey>;
  /** In the order of their starts. */
  readonly running: readonly RunningExperiment[];
  /** The numbers in `running` by id. */
  readonly numbers: ReadonlyMap<string, number>;
  /** For each running experiment those that it conflicts with. */
  readonly conflicts: readonly ExperimentBits[];
  /** The counters of live rules, by id: what a user store has to count. */
  readonly counters: ReadonlyMap<string, CompiledCounter>;
  /** What of a user can change an answer, beside what the request says (V5). `record`: anything that is stored of the user, forced variants included. */
  readonly dependsOn: { readonly facts: boolean; readonly assignments: boolean; readonly hour: boolean; readonly record: boolean };
  /** For the end of each answer's fragment. Of all keys at once none has the revision: a provider takes each flag whose metadata differ for a changed one. */
  readonly tails: { readonly one: Tails; readonly all: Tails };
  /** To reuse in the next ruleset. */
  readonly parts: RulesetParts;
}

/**
 * Compiles a project. What has not changed since `previous` is taken over from it as it is: entities are compared by identity, so an edit
 * costs what it touches. `servingRevision`: see `servingRevisionAfter`.
 */
export function compileRuleset(source: RulesetSource, servingRevision: number, previous?: Ruleset): Ruleset {
  return finish(compileSteps(source, servingRevision, previous));
}

/** The same in pieces: a project with the largest rules takes hundreds of milliseconds from nothing. */
export function* compileSteps(source: RulesetSource, servingRevision: number, previous?: Ruleset): Steps<Ruleset> {
  const parts = yield* compileParts(source, previous?.parts);
  const { running, keys } = parts;
  const sameRunning = previous !== undefined && previous.running === running;
  return {
    source,
    revision: source.head.revision,
    servingRevision,
    digest: digestOf(parts, previous),
    keys,
    running,
    numbers: sameRunning ? previous.numbers : new Map(running.map(({ id }, number) => [id, number])),
    conflicts: sameRunning ? previous.conflicts : conflictsOf(running.map(({ from }) => from)),
    counters: parts.counters,
    dependsOn: {
      record: parts.rules.size + running.length + parts.rollOuts.length > 0 || source.experiments.some(({ status }) => status === 'DRAFT'),
      facts: parts.rules.size > 0,
      assignments: running.length + parts.rollOuts.length > 0,
      hour: [...parts.counters.values()].some(({ descriptor }) => 'lastDays' in descriptor.window),
    },
    tails: { one: tailsOf({ revision: servingRevision }), all: tailsOf({}) },
    parts,
  };
}

function digestOf(parts: RulesetParts, previous: Ruleset | undefined): string {
  const { keys, experiences, running, rollOuts } = parts;
  const was = previous?.parts;
  if (was?.keys === keys && was.experiences === experiences && was.running === running && was.rollOuts === rollOuts)
    return previous!.digest;
  const digests = [[...keys.values()], experiences, running, rollOuts].map((items) => items.map(({ digest }) => digest).join('\n'));
  return sha256(digests.join('\n\n'));
}
