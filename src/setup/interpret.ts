import type { Json } from '../domain/json';
import type { Problem } from '../domain/refusal';
import { finish, type Steps } from '../domain/steps';
import { kindOf } from '../domain/text';
import { checkFile } from './check';
import { READ_VERSIONS, SETUP_VERSION, type SetupFile } from './file';
import type { WrittenFile } from './file-schema';
import type { KnownNames } from './names';
import { resolveFile } from './resolve';
import { inBasisPoints } from './written-shares';
import { fileShapeProblems } from './file-shape';

/** What a file says, in full; or what is wrong with it, each with its path in the content. */
export type Interpreted = { readonly file: SetupFile } | { readonly problems: readonly Problem[] };

/**
 * What a set-up file means whose text has been read already, or never was one. Problems of a later stage are found only when there are
 * none of the one before: its version, its shape, its meaning.
 */
export function interpretSetup(content: Json, known: KnownNames): Interpreted {
  return finish(interpreting(content, known));
}

/** The same, in pieces: a file may be as large as a request. */
export function* interpreting(content: Json, known: KnownNames): Steps<Interpreted> {
  const misshapen = yield* findingForm(content);
  if (misshapen.length > 0) return { problems: misshapen };
  const written = yield* inBasisPoints(content as WrittenFile);
  const problems = yield* checkFile(written, known);
  return problems.length > 0 ? { problems } : { file: yield* resolveFile(written, known) };
}

/** What is wrong whatever the project has: the version and the shape. */
export function formProblems(content: Json): readonly Problem[] {
  return finish(findingForm(content));
}

function* findingForm(content: Json): Steps<readonly Problem[]> {
  return versionProblem(content) ?? (yield* fileShapeProblems(content));
}

/** Said alone: what else is unknown in a file of a later version is not its author's mistake. */
function versionProblem(content: Json): readonly Problem[] | undefined {
  if (content === null || typeof content !== 'object' || Array.isArray(content)) return undefined;
  const { version } = content as { readonly version?: Json };
  if (READ_VERSIONS.some((known) => known === version)) return undefined;
  const message =
    typeof version === 'number' && version > SETUP_VERSION
      ? `must be ${SETUP_VERSION}: this file is of a later version, which needs a later Experience Ledger`
      : `must be ${SETUP_VERSION}, not ${version === undefined || typeof version !== 'number' ? kindOf(version) : version}`;
  return [{ path: 'version', message: version === undefined ? `must be given: version: ${SETUP_VERSION}` : message }];
}
