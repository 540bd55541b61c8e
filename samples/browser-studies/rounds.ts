import { canonical } from '../../src/domain/json';
import { foldName } from '../../src/domain/text';
import type { SetupExperiment, SetupFile } from '../../src/setup/file';

/**
 * The file, with its experiments by the names under which they can go on from the set-up of before. A test that runs is what it was when it started, so
 * one of which the published design or audience has changed is another round: `Study r2`. Applied with `prune`, the file ends the round before.
 */
export function inRounds(file: SetupFile, before: SetupFile): SetupFile {
  const experiments = file.experiments?.map((experiment) => {
    const last = lastRound(experiment.name, before.experiments ?? []);
    if (last === undefined) return experiment;
    const goesOn = last.of.status !== 'RUNNING' || designOf(experiment, file) === designOf(last.of, before);
    return { ...experiment, name: nameOf(experiment.name, goesOn ? last.round : last.round + 1) };
  });
  return { ...file, experiments };
}

const nameOf = (name: string, round: number): string => (round === 1 ? name : `${name} r${round}`);

function lastRound(
  name: string,
  experiments: readonly SetupExperiment[],
): { readonly round: number; readonly of: SetupExperiment } | undefined {
  const rounds = experiments.flatMap((of) => {
    const [, own = of.name, number = '1'] = /^(.*) r([1-9]\d*)$/s.exec(of.name) ?? [];
    const isFirst = foldName(of.name) === foldName(name);
    return isFirst ? [{ round: 1, of }] : foldName(own) === foldName(name) ? [{ round: Number(number), of }] : [];
  });
  return rounds.sort((a, b) => b.round - a.round)[0];
}

/** All that is fixed by the start: whom it is for, what it gives, and in which shares. */
function designOf({ audience, keys, variants }: SetupExperiment, { segments }: SetupFile): string {
  const rule = segments?.find(({ name }) => name === audience)?.rule;
  const arms = variants.map(({ name, control, weight, values }) => ({ name, control, weight, values }));
  return canonical({ rule: rule ?? null, keys, variants: arms });
}
