import { GOAL_FILTERS } from '../domain/goal';
import type { Problem } from '../domain/refusal';
import { checkFilters, checkRule } from '../domain/rule-check';
import { checkDescription, checkEventName, checkKeyName, checkName, excerpt } from '../domain/text';
import { checkValue } from '../domain/value';
import { CheckedExperiences } from './check-experiences';
import { checkNamed } from './check-named';
import { MOST_ERRORS } from './finding';
import type { WrittenFile } from './file-schema';
import type { KnownNames } from './names';

/**
 * What is wrong with a file of the right shape, as far as one can tell without the project: every rule about names, values, rules,
 * shares and what refers to what. What only the project can tell (limits, life cycles, guards) is left to the plan. Stops at about
 * the number of errors that are listed.
 */
export function checkFile(file: WrittenFile, known: KnownNames): readonly Problem[] {
  const problems: Problem[] = [];
  for (const check of [checkProject, checkKeys, checkSegments, checkGoals]) check(file, problems);
  new CheckedExperiences(file, known, problems).check();
  return problems;
}

type Check = (file: WrittenFile, problems: Problem[]) => void;

const checkProject: Check = ({ project = {} }, problems) => {
  if (project.name !== undefined) problems.push(...checkName(project.name, 'project.name'));
  if (project.description !== undefined) problems.push(...checkDescription(project.description, 'project.description'));
};

const checkKeys: Check = ({ keys = [] }, problems) => {
  const seen = new Set<string>();
  for (const [index, key] of keys.entries()) {
    if (problems.length >= MOST_ERRORS) return;
    const at = `keys.${index}`;
    problems.push(
      ...checkKeyName(key.name, `${at}.name`),
      ...checkValue(key.type, key.default, `${at}.default`),
      ...checkDescription(key.description ?? '', `${at}.description`),
    );
    if (seen.has(key.name)) problems.push({ path: `${at}.name`, message: `there is already a key "${excerpt(key.name)}" in this file` });
    seen.add(key.name);
  }
};

const checkSegments: Check = ({ segments }, problems) => {
  checkNamed('segment', segments, problems, ({ rule }, at) => checkRule(rule, `${at}.rule`));
};

const checkGoals: Check = ({ goals }, problems) => {
  checkNamed('goal', goals, problems, ({ event, filters }, at) => [
    ...checkEventName(event, `${at}.event`),
    ...checkFilters(filters, `${at}.filters`, GOAL_FILTERS),
  ]);
};
