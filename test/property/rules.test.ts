import fc from 'fast-check';
import { refusalsOf } from '../../src/application/refusals';
import type { Command } from './played';
import type { Envelope } from '../../src/domain/event';
import { canonical } from '../../src/domain/json';
import { DEFAULT_LIMITS, type Limits } from '../../src/domain/limits';
import { evolve, EMPTY_PROJECT, schemaVersions, sentence } from '../../src/domain/decider';
import type { ProjectState } from '../../src/domain/project-state';
import type { Refusal } from '../../src/domain/refusal';
import { acknowledgeAll, Ledger } from '../fixtures/ledger';
import { Dice } from './dice';
import { commandOf } from './draw-command';
import { expectation, type Submitted } from './expectation';
import { brokenHistory } from './history';
import { brokenRules } from './invariants';
import { Model, type Expectation } from './model';
import { arbitrarySteps, type Step } from './steps';
import { visibleModel, visibleState } from './visible';

/** Hunt for longer with `PROPERTY_RUNS=5000 npx jest test/property`. */
const RUNS = Number(process.env['PROPERTY_RUNS'] ?? 60);
/** Milliseconds for each run, ten times what one takes: so that looking for the shortest counterexample comes to an end. */
const PATIENCE = 400;
/** So small that every run reaches some of them. */
const LIMITS: Limits = { keys: 3, segments: 4, goals: 3, flags: 3, configs: 2, experiments: 5, runningExperiments: 2 };
const ACTORS = ['alice', 'bob'] as const;

/** How often each event type and refusal has come up: a property that never gets anywhere holds of anything. */
const met = new Map<string, number>();
const meet = (what: string): void => void met.set(what, (met.get(what) ?? 0) + 1);

const property = fc.property(fc.noBias(arbitrarySteps), fc.boolean(), play);

test('random commands have the outcome that the rules say, and no rule is ever broken', () => {
  fc.assert(property, { numRuns: RUNS, interruptAfterTimeLimit: RUNS * PATIENCE });
}, 3_600_000);

test('so have the same commands every time, which meet every event type and every refusal', () => {
  met.clear();
  fc.assert(property, { numRuns: 150, seed: 2 });
  const refusals = [
    'INVALID_INPUT',
    'NOT_FOUND',
    'ALREADY_EXISTS',
    'LIMIT_REACHED',
    'IN_USE',
    'ILLEGAL_STATE',
    'STALE',
    'COMMAND_ID_REUSED',
  ];
  // Not written any more, and those whose own tests have every case: the model draws none of them.
  const notDrawn = [
    'ExperimentTrafficRaised',
    'ExperimentExclusivityChanged',
    'HoldoutCreated',
    'HoldoutEnded',
    'ExperimentDecisionRecorded',
  ];
  const types = [...schemaVersions.keys()].filter((type) => !notDrawn.includes(type));
  expect([...types, ...refusals, 'no event'].filter((what) => !met.has(what))).toEqual([]);
});

/** The same for all, so that a repeated command is the same command. The rules that ask for it have tests of their own. */
const SEEN = acknowledgeAll();

function play(steps: readonly Step[], created: boolean): void {
  const ledger = new Ledger('shop', { ...DEFAULT_LIMITS, ...LIMITS });
  const model = new Model();
  const past: Submitted[] = [];
  const first: Step[] = created || steps.length > 5 ? [{ type: 'CreateProject', rolls: [] }] : [];
  [...first, ...steps].forEach((step, index): void => {
    const submitted = submission(model, step, index, past);
    const before = ledger.state;
    const known = ledger.events.length;
    ledger.now += (step.rolls[0] ?? 0) % 7 === 6 ? -5_000 : 10;
    const outcome = ledger.submit(
      { ...submitted.command, acknowledge: SEEN },
      { actor: { id: submitted.actor, kind: 'user' }, commandId: submitted.commandId },
    );
    const expected = expectation(model, submitted, ledger.limits);
    past.push(submitted);
    compare(outcome, expected, submitted.command);
    // The very same state and events break no rule that they did not break before.
    if (ledger.events.length === known) return expect(ledger.state).toBe(before);
    expect(brokenRules(ledger.state, ledger.limits)).toEqual([]);
    expect(brokenHistory(ledger.events, known)).toEqual([]);
    if (canonical(visibleState(ledger.state)) !== canonical(visibleModel(model)))
      expect(visibleState(ledger.state)).toEqual(visibleModel(model));
    expect(versionsOf(ledger.state)).toEqual(new Map(model.versions));
    expectEachToMatter(before, ledger.events.slice(known));
  });
  expectFold(ledger);
}

/** Sometimes the same command again, or another with the same id; sometimes by someone else. */
function submission(model: Model, step: Step, index: number, past: readonly Submitted[]): Submitted {
  const dice = new Dice(step.rolls);
  const actor = dice.pick(ACTORS);
  const newId = `id-${index + 1}`;
  const again = past.length > 0 && dice.once(12) ? dice.pick(past) : undefined;
  const command = again !== undefined && dice.once(2) ? again.command : commandOf(model, step.type, dice);
  if (again !== undefined) return { command, actor: dice.once(4) ? actor : again.actor, commandId: again.commandId, newId };
  return { command, actor, commandId: `c${index}`, newId };
}

function compare(outcome: readonly Envelope[] | Refusal, expected: Expectation, command: Command): void {
  if ('code' in outcome) {
    meet(outcome.code);
    expect(refusalsOf(command.type)).toContain(outcome.code);
    if (!('refused' in expected)) throw new Error(`refused, though no rule does: ${outcome.message} ${canonical(command)}`);
    const users = outcome.code === 'IN_USE' ? outcome.usages.map(({ kind, id }) => `${kind} ${id}`).sort() : undefined;
    const allowed = expected.refused.find(
      (refusal) => refusal.code === outcome.code && (refusal.users === undefined || `${refusal.users}` === `${users}`),
    );
    if (allowed === undefined) throw new Error(`${canonical({ outcome, command })}, where the rules say ${canonical(expected.refused)}`);
    expect(outcome.message.length).toBeGreaterThan(20);
    return;
  }
  if ('refused' in expected) throw new Error(`not refused, where the rules say ${canonical(expected.refused)}: ${canonical(command)}`);
  expect(outcome.map(({ type }) => type)).toEqual(expected.events);
  for (const event of outcome) {
    meet(event.type);
    expect(sentence(event)).not.toBe(event.type);
  }
  if (outcome.length === 0) meet('no event');
}

const versionsOf = (state: ProjectState): Map<string, { version: number; by: string }> =>
  new Map([...state.versions].map(([entity, { version, actor }]) => [entity, { version, by: actor.id }]));

/** A3: every event of the command shows. */
function expectEachToMatter(before: ProjectState, caused: readonly Envelope[]): void {
  let state = before;
  let shown = caused.length === 0 ? '' : canonical(visibleState(state));
  for (const event of caused) {
    state = evolve(state, event);
    const now = canonical(visibleState(state));
    if (now === shown) throw new Error(`${event.type} changes nothing that could be seen: ${canonical(event.data)}`);
    shown = now;
  }
}

/** What is stored is all there is: read back from JSON, the events fold to the same state in every part. */
function expectFold({ state, events }: Ledger): void {
  const folded = (JSON.parse(JSON.stringify(events)) as Envelope[]).reduce(evolve, EMPTY_PROJECT);
  for (const part of Object.keys(EMPTY_PROJECT) as (keyof ProjectState)[]) {
    expect(canonical(plain(folded[part]))).toBe(canonical(plain(state[part])));
  }
}

const plain = (part: unknown): unknown =>
  typeof part === 'object' && part !== null && 'toJS' in part ? (part.toJS as () => unknown)() : (part ?? null);
