import type { z } from 'zod';
import type { Problem } from '../../domain/refusal';
import { withArticle, excerpt } from '../../domain/text';
import { canonicalFile } from '../canonical-file';
import { readDocument, type TextError } from '../document';
import type { SetupFile } from '../file';
import { parseSetup, placed } from '../parse';
import { shapeProblems } from '../shape';
import { writeSetup } from '../write';
import { differencesIn, type Differences } from './differences';
import { Draft } from './draft';

/** Something of the source that is not, or not exactly, in the file: where it is there, and what became of it. */
export interface Note {
  readonly path: string;
  readonly message: string;
}

/** A file that can be applied as it is, and all that it does not carry; or what keeps the source from being read. */
export type Converted = { readonly file: SetupFile; readonly notes: readonly Note[] } | { readonly errors: readonly TextError[] };

export interface ConvertOptions {
  readonly filename?: string;
  /** Which of the source's environments, where it has more than one: a project here is one environment. */
  readonly environment?: string;
}

/** Takes the text of another product's public export format. */
export interface Converter {
  readonly name: string;
  readonly product: string;
  readonly convert: (text: string, options?: ConvertOptions) => Converted;
}

/**
 * A converter of a format with this schema, which should take what it does not know and name only what it reads. `fill` puts the source into
 * a draft, or says why there is nothing to put; `differences` are those of the product's evaluator. What it has put there is checked once more as a file: a source never becomes a file that is refused later.
 */
export function converter<S extends z.ZodType>(
  name: string,
  product: string,
  schema: S,
  differences: Differences,
  fill: (source: z.output<S>, draft: Draft, options: ConvertOptions) => readonly Problem[] | void,
): Converter {
  const convert = (text: string, options: ConvertOptions = {}): Converted => {
    const document = readDocument(text, options.filename);
    if ('errors' in document) return document;
    const problems = shapeProblems(schema, document.content);
    if (problems.length > 0) return { errors: placed(problems, document) };
    const draft = new Draft();
    const refused = fill(schema.parse(document.content), draft, options);
    if (refused && refused.length > 0) return { errors: placed(refused, document) };
    const file = canonicalFile(draft.file());
    const checked = parseSetup(writeSetup(file, 'json'));
    if ('errors' in checked)
      throw new Error(
        `What was made of ${withArticle(product)} export is a wrong file: ${checked.errors[0].path} ${checked.errors[0].message}`,
      );
    const differing = differencesIn(checked.file, differences).map((message) => ({ path: '', message }));
    return { file: checked.file, notes: [...draft.notes, ...differing] };
  };
  return { name, product, convert };
}

/** The environment that is carried: the one asked for, else production, else the first by name. That others are left out is noted. */
export function chooseEnvironment(
  draft: Draft,
  named: readonly (string | undefined)[],
  asked: string | undefined,
): string | undefined | Problem {
  const environments = [...new Set(named.filter((one) => one !== undefined))].sort();
  if (asked !== undefined && !environments.includes(asked)) {
    return {
      path: '',
      message: `there is no environment "${excerpt(asked)}": choose one of ${environments.map((one) => excerpt(one)).join(', ')}`,
    };
  }
  const chosen = asked ?? environments.find((one) => one === 'production') ?? environments[0];
  const others = environments.filter((one) => one !== chosen).map((one) => excerpt(one));
  if (others.length > 0) {
    draft.note('', `the environment "${chosen}" is carried; left out: ${others.join(', ')}. A project here is one environment`);
  }
  return chosen;
}
