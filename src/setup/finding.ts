import { excerpt } from '../domain/text';

/** Errors that are listed: as many as are corrected in one go, however hostile the text. */
export const MOST_ERRORS = 50;

/** The path of a member or an item. */
export function below(path: string, name: string): string {
  return path === '' ? excerpt(name) : `${path}.${excerpt(name)}`;
}
