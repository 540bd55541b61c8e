import { z } from 'zod';
import type { Json, JsonObject } from '../domain/json';
import type { Problem } from '../domain/refusal';
import { finish, type Steps } from '../domain/steps';
import { kindOf } from '../domain/text';
import { checkFile } from './check';
import { READ_VERSIONS, SETUP_VERSION, type SetupFile } from './file';
import { type WrittenFile, fileSchema } from './file-schema';
import type { KnownNames } from './names';
import { resolveFile } from './resolve';
import { MOST_ERRORS, shapeProblems } from './shape';
import { inBasisPoints } from './written-shares';

/** Items of a list that are looked at together: each may have a hundred rows. */
const BATCH = 10;

/** The lists of a file, each with the shape of its items. */
const lists = Object.entries(fileSchema.shape).flatMap(([name, field]) => {
  const list: unknown = field instanceof z.ZodOptional ? field.unwrap() : field;
  return list instanceof z.ZodArray ? [{ name, item: list.element as z.ZodType }] : [];
});

/** What of a file has not its shape: the file itself, and then list after list some items at a time. At most as many problems as are listed. */
function* fileShapeProblems(content: Json): Steps<readonly Problem[]> {
  if (content === null || typeof content !== 'object' || Array.isArray(content)) return shapeProblems(fileSchema, content);
  const file = content as JsonObject;
  const long = lists.filter(({ name }) => Array.isArray(file[name]));
  const problems = [...shapeProblems(fileSchema, { ...file, ...Object.fromEntries(long.map(({ name }) => [name, []])) })];
  for (const { name, item } of long) {
    const items = file[name] as readonly Json[];
    for (let from = 0; from < items.length && problems.length < MOST_ERRORS; from += BATCH) {
      problems.push(...shapeProblems(z.array(item), items.slice(from, from + BATCH), name, from));
      yield;
    }
  }
  return problems.slice(0, MOST_ERRORS);
}

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
