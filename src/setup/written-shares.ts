import { basisPointsOf, PERCENT_RULE } from '../domain/percent';
import type { Problem } from '../domain/refusal';
import { mapSteps, type Steps } from '../domain/steps';
import type { WrittenFile } from './file-schema';

/** What a share must be in a file of version 1. */
const BASIS_POINTS_RULE = 'must be a whole number of basis points from 0 to 10,000 in a file of version 1 (version 2 has percent)';

/** The file with its shares in basis points, whichever version it is of. What is no share becomes NaN, which its check refuses. */
export function* inBasisPoints(file: WrittenFile): Steps<WrittenFile> {
  if (file.version === 1) return file;
  const { holdout, flags, experiments } = file;
  return {
    ...file,
    ...(holdout && { holdout: { ...holdout, share: basisPointsOf(holdout.share) } }),
    ...(flags && {
      flags: yield* mapSteps(flags, ({ rows, ...flag }) => ({
        ...flag,
        ...(rows && {
          rows: rows.map((row) => (row.percentage === undefined ? row : { ...row, percentage: basisPointsOf(row.percentage) })),
        }),
      })),
    }),
    ...(experiments && {
      experiments: yield* mapSteps(experiments, ({ traffic, variants, roles, ...experiment }) => ({
        ...experiment,
        ...(traffic !== undefined && { traffic: basisPointsOf(traffic) }),
        ...(roles && { roles: roles.map((role) => (role.margin === undefined ? role : { ...role, margin: basisPointsOf(role.margin) })) }),
        variants: variants.map((variant) => ({ ...variant, weight: basisPointsOf(variant.weight) })),
      })),
    }),
  };
}

/** Problems in the words of the version that the file is of. */
export function inWordsOf({ version }: WrittenFile, problems: readonly Problem[]): readonly Problem[] {
  if (version !== 1) return problems;
  return problems.map((problem) => (problem.message === PERCENT_RULE ? { ...problem, message: BASIS_POINTS_RULE } : problem));
}
