import type { Key } from '../domain/key';
import { canonical, sha256 } from '../domain/json';
import type { ServedExperience, ServedRow } from './baseline';
import { outcomeOf, type Outcome } from './outcome';
import type { RollOut, RunningExperiment } from './served-experiment';
import { keyPart } from './serving-digest';

/** A running experiment that has the key. */
export interface KeyExperiment {
  readonly experiment: RunningExperiment;
  /** Its number in the ruleset. */
  readonly number: number;
  /** By variant. */
  readonly outcomes: readonly (Outcome | undefined)[];
}

/** What of a project can give one key a value. */
export interface KeyParts {
  readonly key: Key;
  readonly experiments: readonly { readonly experiment: RunningExperiment; readonly number: number }[];
  /** The newest first. */
  readonly rollOuts: readonly RollOut[];
  /** Live or paused, as the config. */
  readonly flag: ServedExperience | undefined;
  readonly config: ServedExperience | undefined;
}

/** A key with all that can give it a value, in the order of E8. */
export interface ServedKey {
  readonly name: string;
  readonly parts: KeyParts;
  readonly experiments: readonly KeyExperiment[];
  readonly rollOuts: readonly { readonly rollOut: RollOut; readonly outcome: Outcome }[];
  /** The rows of the flag, then of the config. */
  readonly rows: readonly ServedRow[];
  readonly fallback: Outcome;
  /** It has running experiments or roll-outs. */
  readonly isTested: boolean;
  /** The digest of the key alone, not of the parts. */
  readonly digest: string;
}

export function serveKey(parts: KeyParts): ServedKey {
  const { key, flag, config } = parts;
  const { name } = key;
  const isPaused = (flag ?? config) !== undefined && [flag, config].every((one) => one?.from.status !== 'LIVE');
  const rows = [...(flag?.rows.get(name) ?? []), ...(config?.rows.get(name) ?? [])];
  const experiments = parts.experiments.map(({ experiment, number }) => ({
    experiment,
    number,
    outcomes: experiment.outcomes.get(name) ?? [],
  }));
  const rollOuts = parts.rollOuts.flatMap((rollOut) => {
    const outcome = rollOut.outcomes.get(name);
    return outcome === undefined ? [] : [{ rollOut, outcome }];
  });
  const fallback = outcomeOf(name, key.defaultValue, isPaused ? 'DISABLED' : 'STATIC', 'default');
  const isTested = experiments.length + rollOuts.length > 0;
  return { name, parts, experiments, rollOuts, rows, fallback, isTested, digest: sha256(canonical(keyPart(key))) };
}

/** Whether the parts are those that a key was made of, so that it need not be made again. */
export function hasSameParts({ parts: was }: ServedKey, is: KeyParts): boolean {
  return (
    was.key === is.key &&
    was.flag === is.flag &&
    was.config === is.config &&
    was.rollOuts.length === is.rollOuts.length &&
    was.rollOuts.every((rollOut, index) => rollOut === is.rollOuts[index]) &&
    was.experiments.length === is.experiments.length &&
    was.experiments.every(({ experiment, number }, index) => {
      const other = is.experiments[index];
      return experiment === other?.experiment && number === other.number;
    })
  );
}
