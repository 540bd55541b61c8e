import { z } from 'zod';
import type { Json, JsonObject } from '../domain/json';
import type { Problem } from '../domain/refusal';
import type { Steps } from '../domain/steps';
import { fileSchema } from './file-schema';
import { MOST_ERRORS, shapeProblems } from './shape';

/** Items of a list that are looked at together: each may have a hundred rows. */
const BATCH = 10;

/** The lists of a file, each with the shape of its items. */
const lists = Object.entries(fileSchema.shape).flatMap(([name, field]) => {
  const list: unknown = field instanceof z.ZodOptional ? field.unwrap() : field;
  return list instanceof z.ZodArray ? [{ name, item: list.element as z.ZodType }] : [];
});

/** What of a file has not its shape: the file itself, and then list after list some items at a time. At most as many problems as are listed. */
export function* fileShapeProblems(content: Json): Steps<readonly Problem[]> {
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
