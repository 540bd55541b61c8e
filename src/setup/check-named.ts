import type { NamedKind } from '../domain/naming';
import type { EntityOf } from '../domain/project-state';
import type { Problem } from '../domain/refusal';
import type { Steps } from '../domain/steps';
import { checkDescription, checkName, excerpt, withArticle } from '../domain/text';
import { MOST_ERRORS } from './shape';
import { Names, type KnownNames } from './names';

interface Named {
  readonly name: string;
  readonly description?: string | undefined;
}

/** Names and descriptions of one kind, each name once (S1, G1, E6), and whatever else there is to check of each. */
export function* checkNamed<Kind extends NamedKind, E extends Named>(
  kind: Kind,
  known: KnownNames,
  named: readonly E[] = [],
  problems: Problem[],
  rest: (entity: E, path: string, stored: EntityOf<Kind> | undefined) => readonly Problem[],
): Steps<void> {
  const names = new Names();
  for (const [index, entity] of named.entries()) {
    if (problems.length >= MOST_ERRORS) return;
    const at = `${kind}s.${index}`;
    const stored = known.held(kind, entity.name);
    problems.push(
      ...checkName(entity.name, `${at}.name`, stored && [stored.name]),
      ...checkDescription(entity.description ?? '', `${at}.description`),
      ...rest(entity, at, stored),
    );
    const taken = names.add(entity.name);
    if (taken !== undefined) {
      problems.push({
        path: `${at}.name`,
        message: `there is already ${withArticle(kind)} "${excerpt(taken)}" in this file: choose another name`,
      });
    }
    yield;
  }
}
