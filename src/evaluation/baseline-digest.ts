import { canonical, sha256 } from '../domain/json';
import { activeHoldouts, type RulesetSource } from './ruleset-source';
import { configPart, flagPart, keyPart, rollOutPart, segmentDigest, type SegmentDigest } from './serving-digest';

/**
 * What control gives for keys (X7): the roll-outs on each, the rows of the flag and the configs that are live, with the rules of their segments, and the
 * default. Two digests are equal if nothing of it differs; what users it would touch is not reasoned about.
 */
export function baselineDigest(source: RulesetSource, names: readonly string[]): string {
  const digest: SegmentDigest = (segment) => segmentDigest(source, segment);
  const ofKey = (name: string) => ({
    rollOuts: [...source.experiments.values()]
      .filter(({ status, keys }) => status === 'ROLLED_OUT' && keys.includes(name))
      .map((experiment) => rollOutPart(experiment, activeHoldouts(source, experiment))),
    flags: [...source.flags.values()].filter(({ key }) => key === name).map((flag) => flagPart(flag, digest)),
    configs: [...source.configs.values()].flatMap((config) => {
      if (!config.keys.includes(name) || config.status !== 'LIVE') return [];
      const rows = config.rows.flatMap(({ values, ...row }) => {
        const own = values.filter(({ key }) => key === name);
        return own.length === 0 ? [] : [{ ...row, values: own }];
      });
      return [configPart({ ...config, rows }, digest)];
    }),
    key: source.keys.has(name) ? keyPart(source.keys.get(name)!) : null,
  });
  // What gives nothing is no part of it: a paused flag, or a draft.
  const live = (parts: readonly unknown[]) => parts.filter((part) => Array.isArray(part) && part[1] !== 'PAUSED');
  return sha256(canonical(names.map(ofKey).map(({ flags, ...rest }) => ({ ...rest, flags: live(flags) })) as never));
}
