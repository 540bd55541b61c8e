import { checkMeasured, GOAL_FILTERS } from '../domain/goal';
import type { Problem } from '../domain/refusal';
import { checkPattern } from '../domain/pattern';
import { checkFilters, checkRule } from '../domain/rule-check';
import type { Steps } from '../domain/steps';
import { checkDescription, checkEventName, checkKeyName, checkName, excerpt } from '../domain/text';
import { checkValue } from '../domain/value';
import { CheckedExperiences } from './check-experiences';
import { checkNamed } from './check-named';
import { MOST_ERRORS } from './shape';
import type { WrittenFile } from './file-schema';
import { checkHoldout } from './holdout';
import { resolveMeasured } from './measures';
import type { KnownNames } from './names';
import { ruleBudget } from './rule-budget';
import { inWordsOf } from './written-shares';

/**
 * What is wrong with a file of the right shape, as far as one can tell without the project: every rule about names, values, rules,
 * shares and what refers to what. What only the project can tell (limits, life cycles, guards) is left to the plan. Stops at about
 * the number of errors that are listed.
 */
export function* checkFile(file: WrittenFile, known: KnownNames): Steps<readonly Problem[]> {
  const budget = yield* ruleBudget(file);
  if (budget.problems.length > 0) return budget.problems;
  // Compiled one by one, and remembered for the checks of the rules that have them.
  for (const pattern of budget.patterns) {
    checkPattern(pattern, '');
    yield;
  }
  const problems: Problem[] = [];
  for (const check of [checkProject, checkHoldout, checkKeys]) check(file, problems, known);
  yield* checkSegments(file, problems, known);
  yield* checkGoals(file, problems, known);
  yield* new CheckedExperiences(file, known, problems).check();
  return inWordsOf(file, problems);
}

type Check = (file: WrittenFile, problems: Problem[], known: KnownNames) => void;
type LongCheck = (file: WrittenFile, problems: Problem[], known: KnownNames) => Steps<void>;

const checkProject: Check = ({ project = {} }, problems) => {
  if (project.name !== undefined) problems.push(...checkName(project.name, 'project.name'));
  if (project.description !== undefined) problems.push(...checkDescription(project.description, 'project.description'));
};

const checkKeys: Check = ({ keys = [] }, problems, known) => {
  const seen = new Set<string>();
  for (const [index, key] of keys.entries()) {
    if (problems.length >= MOST_ERRORS) return;
    const at = `keys.${index}`;
    problems.push(
      ...checkKeyName(key.name, `${at}.name`),
      ...checkValue(key.type, key.default, `${at}.default`, known.key(key.name)?.defaultValue),
      ...checkDescription(key.description ?? '', `${at}.description`),
    );
    if (seen.has(key.name)) problems.push({ path: `${at}.name`, message: `there is already a key "${excerpt(key.name)}" in this file` });
    seen.add(key.name);
  }
};

const checkSegments: LongCheck = ({ segments }, problems, known) =>
  checkNamed('segment', known, segments, problems, ({ rule }, at, stored) => checkRule(rule, `${at}.rule`, stored?.rule));

const checkGoals: LongCheck = ({ goals }, problems, known) =>
  checkNamed('goal', known, goals, problems, ({ event, filters, ...goal }, at, stored) => [
    ...(event === stored?.event ? [] : checkEventName(event, `${at}.event`)),
    ...checkFilters(filters, `${at}.filters`, GOAL_FILTERS, stored?.filters),
    ...checkMeasured(resolveMeasured(goal), `${at}.`),
  ]);
