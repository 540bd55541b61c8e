import type { Config } from '../domain/config';
import type { Flag, FlagRow } from '../domain/flag';
import { canonical, sha256 } from '../domain/json';
import { WHOLE } from '../domain/percent';
import { sampleOf, salts, type Sample } from './bucket';
import { outcomeOf, type Outcome, type Reason } from './outcome';
import type { RuleTest } from './rule-test';
import { configPart, flagPart, type SegmentDigest } from './serving-digest';

/** A row of a live flag or config, for one key. */
export interface ServedRow {
  /** undefined: everyone. */
  readonly audience: RuleTest | undefined;
  /** undefined: all of the audience, so no user id is needed. */
  readonly sample: Sample | undefined;
  readonly outcome: Outcome;
}

/** The rows of a flag or config by key, none while it is paused, with what they were made of: the same input is not compiled again. */
export interface ServedExperience {
  readonly from: Flag | Config;
  readonly audiences: readonly (RuleTest | undefined)[];
  readonly rows: ReadonlyMap<string, readonly ServedRow[]>;
  readonly digest: string;
}

/** The test of a segment; undefined for `null`, which is everyone. */
export type FindSegment = (id: string | null) => RuleTest | undefined;

/** Compiles a flag or config that is live or paused. */
export function serveExperience(from: Flag | Config, audiences: ServedExperience['audiences'], digest: SegmentDigest): ServedExperience {
  const isFlag = 'key' in from;
  const part = isFlag ? flagPart(from, digest) : configPart(from, digest);
  const rows = from.status !== 'LIVE' ? new Map<string, ServedRow[]>() : isFlag ? flagRows(from, audiences) : configRows(from, audiences);
  return { from, audiences, rows, digest: sha256(canonical(part)) };
}

function flagRows(flag: Flag, audiences: ServedExperience['audiences']): ServedExperience['rows'] {
  const rows = flag.rows.map((row, index): ServedRow => {
    const { id, percentage, value } = row;
    const sample = percentage === WHOLE ? undefined : sampleOf(salts.row(flag.id, id), percentage);
    return { audience: audiences[index], sample, outcome: outcomeOf(flag.key, value, reasonOf(row), 'flag', flag.id, id) };
  });
  return new Map([[flag.key, rows]]);
}

function configRows(config: Config, audiences: ServedExperience['audiences']): ServedExperience['rows'] {
  const rows = new Map<string, ServedRow[]>(config.keys.map((key) => [key, []]));
  for (const [index, { id, segment, values }] of config.rows.entries()) {
    const reason: Reason = segment === null ? 'STATIC' : 'TARGETING_MATCH';
    for (const { key, value } of values) {
      const outcome = outcomeOf(key, value, reason, 'config', config.id, id);
      rows.get(key)?.push({ audience: audiences[index], sample: undefined, outcome });
    }
  }
  return rows;
}

function reasonOf({ segment, percentage }: FlagRow): Reason {
  if (percentage < WHOLE) return 'SPLIT';
  return segment === null ? 'STATIC' : 'TARGETING_MATCH';
}
