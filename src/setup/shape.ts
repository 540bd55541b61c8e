import { excerpt, kindOf } from '../domain/text';
import { z } from 'zod';
import type { Problem } from '../domain/refusal';

/** Errors that are listed: as many as are corrected in one go, however hostile the text. */
export const MOST_ERRORS = 50;

/** The path of a member or an item. */
export function below(path: string, name: string): string {
  return path === '' ? excerpt(name) : `${path}.${excerpt(name)}`;
}

const WORDS: { readonly [expected: string]: string } = {
  string: 'a text',
  number: 'a number',
  int: 'a whole number',
  boolean: 'true or false',
  array: 'a list',
  object: 'an object',
  record: 'an object',
};

/**
 * What of a content has not the shape that a schema gives it, in words: at most as many problems as are listed. Where the content is a part of a list,
 * `list` is that list's name, and `from` the index of the first item.
 */
export function shapeProblems(schema: z.ZodType, content: unknown, list?: string, from = 0): readonly Problem[] {
  const { error } = schema.safeParse(content, { error: wording });
  return (error?.issues ?? []).slice(0, MOST_ERRORS).flatMap(({ path, message, ...issue }): readonly Problem[] => {
    const [index, ...rest] = path;
    const whole = list === undefined ? path : [list, from + Number(index), ...rest];
    const at = whole.reduce<string>((place, part) => below(place, String(part)), '');
    if (issue.code !== 'unrecognized_keys') return [{ path: at, message }];
    return issue.keys.slice(0, MOST_ERRORS).map((name) => ({ path: below(at, name), message }));
  });
}

const wording: z.core.$ZodErrorMap = (issue) => {
  if (issue.code === 'unrecognized_keys') {
    const known = issue.inst instanceof z.ZodObject ? Object.keys(issue.inst.shape).filter((name) => name !== '$schema') : [];
    return `is not known here: there is ${known.join(', ')}`;
  }
  if (issue.input === undefined) return 'must be given';
  const instead = typeof issue.input === 'string' ? `"${excerpt(issue.input)}"` : kindOf(issue.input);
  if (issue.code === 'invalid_value') return `must be one of ${issue.values.map(String).join(', ')}, not ${instead}`;
  if (issue.code === 'invalid_type') {
    const advice = issue.input === null && issue.expected === 'array' ? ': leave it out, or write [] to say that there are none' : '';
    return `must be ${WORDS[issue.expected] ?? issue.expected}, not ${instead}${advice}`;
  }
  return undefined;
};
