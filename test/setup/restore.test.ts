import fc from 'fast-check';
import { EMPTY_PROJECT, evolve } from '../../src/domain/decider';
import type { ProjectState } from '../../src/domain/project-state';
import { finish } from '../../src/domain/steps';
import { foldName } from '../../src/domain/text';
import { exportSetup, describingPast, type PastSetup } from '../../src/setup/export';
import type { SetupFile } from '../../src/setup/file';
import { planningRestore } from '../../src/setup/restore';
import { writeSetup } from '../../src/setup/write';
import { Ledger } from '../fixtures/ledger';
import { arbitraryWish, commandFor, type Wish } from '../projections/arbitrary-command';

const RUNS = 25;

const stateAt = ({ events }: Ledger, revision: number): ProjectState => events.slice(0, revision + 1).reduce(evolve, EMPTY_PROJECT);
const pastAt = (ledger: Ledger, revision: number): PastSetup => finish(describingPast(stateAt(ledger, revision)));
const textOf = (file: SetupFile): string => writeSetup(file, 'yaml');

function planBack(ledger: Ledger, past: PastSetup, stop: boolean) {
  const { state, projectId, limits } = ledger;
  const plan = finish(planningRestore(state, projectId, { past, stop }, { limits, newId: 'planned' }));
  if ('code' in plan) throw new Error(plan.message);
  return plan;
}

/** Without the experiments that ran then or were rolled out, and cannot again. */
function withoutEnded(then: ProjectState, now: ProjectState): SetupFile {
  const ended = new Set(
    [...then.experiments.values()]
      .filter(({ id, status }) => (status === 'RUNNING' || status === 'ROLLED_OUT') && now.experiments.get(id)?.status !== status)
      .map(({ name }) => foldName(name)),
  );
  const file = exportSetup(then);
  return { ...file, experiments: file.experiments?.filter(({ name }) => !ended.has(foldName(name))) };
}

/** A goal that was added to an experiment stays with it. */
const withoutGoalsOfEnded = (file: SetupFile): SetupFile => ({
  ...file,
  experiments: file.experiments?.map((one) => (one.status === 'ROLLED_OUT' ? { ...one, goals: [] } : one)),
});

const story = (min: number, max: number) => fc.array(arbitraryWish, { minLength: min, maxLength: max, size: 'max' });

function play(wishes: readonly Wish[], ledger = Ledger.started()): Ledger {
  for (const wish of wishes) ledger.submit(commandFor(wish, ledger.state));
  return ledger;
}

/** Configs that are to exchange all of their keys: one would have none in between (E2). And what has started cannot lose a goal, or change more. */
const KNOWN = /is already in the config|has started|is running|used by experiment .* \(running\)/;

test('whatever happened since, a project that goes back has the set-up file that it had', () => {
  const seen = { back: 0, refused: 0 };
  fc.assert(
    fc.property(story(40, 100), story(5, 80), (before, after) => {
      const ledger = play(before);
      const revision = ledger.state.head.revision;
      play(after, ledger);
      const [then, now] = [stateAt(ledger, revision), ledger.state];
      const past = JSON.parse(JSON.stringify(pastAt(ledger, revision))) as PastSetup;
      const plan = planBack(ledger, past, true);
      for (const { refusal } of plan.obstacles) expect(refusal.message).toMatch(KNOWN);
      const { noReach, baselineOf } = plan.needed;
      const acknowledge = { noReach: noReach.length > 0, baselineOf: baselineOf.map(({ id }) => id) };
      const length = ledger.events.length;
      const outcome = ledger.submit({ type: 'RestoreSetup', past, stop: true, acknowledge }, { reason: 'It was better then' });
      if (plan.obstacles.length > 0) {
        expect(outcome).toMatchObject({ code: plan.obstacles[0]?.refusal.code });
        expect(ledger.events).toHaveLength(length);
        seen.refused += 1;
        return;
      }
      const events = outcome as Ledger['events'];
      expect(new Set(events.map(({ commandId, reason }) => `${commandId} ${reason}`)).size).toBe(events.length > 0 ? 1 : 0);
      const [is, was] = [exportSetup(ledger.state), withoutEnded(then, now)].map((file) => textOf(withoutGoalsOfEnded(file)));
      expect(is).toBe(was);
      // By their ids: what was there and could be restored is there, and no copy of it.
      for (const { kind, id } of past.things) {
        if (kind === 'segment') expect(ledger.state.segments.get(id)).toMatchObject({ archived: false });
        if (kind === 'goal') expect(ledger.state.goals.get(id)).toMatchObject({ archived: false });
      }
      // Where one had to be made anew, since its key is another's, it is tried again.
      const isMade = [...ledger.state.configs.values(), ...ledger.state.flags.values()].some(({ id, status }) => {
        return status !== 'ARCHIVED' && !past.things.some((thing) => thing.id === id);
      });
      if (!isMade) expect(planBack(ledger, past, true)).toMatchObject({ steps: [], obstacles: [] });
      seen.back += 1;
    }),
    { numRuns: RUNS, endOnFailure: true },
  );
  expect(seen.back).toBeGreaterThan(RUNS / 2);
});

const variants = [
  { name: 'control', control: true, weight: 5_000, values: [] },
  { name: 'blue', control: false, weight: 5_000, values: [{ key: 'color', value: 'blue' }] },
];

test('what runs, and did not then, is an obstacle that says the way out, and so is what has ended since', () => {
  const ledger = Ledger.started();
  ledger.accept({ type: 'CreateKey', name: 'color', valueType: 'STRING', defaultValue: 'red' });
  const [created] = ledger.accept({ type: 'CreateExperiment', name: 'Blue', keys: ['color'], variants });
  const id = created!.entity.id;
  const draft = ledger.state.head.revision;
  ledger.accept({ type: 'StartExperiment', id });
  const running = ledger.state.head.revision;
  const obstacles = (revision: number) => planBack(ledger, pastAt(ledger, revision), false).obstacles;
  expect(obstacles(draft)).toMatchObject([
    { command: 'StopExperiment', conflict: { wayOut: expect.stringContaining('`stop`') as string } },
  ]);
  expect(ledger.submit({ type: 'RestoreSetup', past: pastAt(ledger, draft), stop: false })).toMatchObject({ code: 'ILLEGAL_STATE' });
  ledger.accept({ type: 'StopExperiment', id });
  expect(obstacles(running)).toMatchObject([{ command: 'StartExperiment', conflict: { before: { status: 'STOPPED' } } }]);
  expect(planBack(ledger, pastAt(ledger, running), true)).toMatchObject({ obstacles: [], steps: [] });
  // A draft again: the one that ran stays as a result, under the same name archived.
  ledger.accept({ type: 'RestoreSetup', past: pastAt(ledger, draft), stop: true });
  const all = [...ledger.state.experiments.values()].map(({ name, status }) => [name, status]);
  expect(all.sort()).toEqual([
    ['Blue', 'ARCHIVED'],
    ['Blue', 'DRAFT'],
  ]);
});

test('a draft is made anew whose name is of what has ended since, or of a draft that can never be it', () => {
  const ledger = Ledger.started();
  for (const name of ['color', 'width']) ledger.accept({ type: 'CreateKey', name, valueType: 'STRING', defaultValue: 'red' });
  const draft = () => ledger.accept({ type: 'CreateExperiment', name: 'Blue', keys: ['color'], variants })[0]!.entity.id;
  const first = draft();
  const flag = ledger.accept({ type: 'CreateFlag', name: 'Wide', key: 'width', rows: [] })[0]!.entity.id;
  const { revision } = ledger.state.head;
  const before = textOf(exportSetup(ledger.state));

  for (const type of ['StartExperiment', 'StopExperiment', 'ArchiveExperiment'] as const) ledger.accept({ type, id: first });
  const second = draft();
  ledger.accept({ type: 'StartExperiment', id: second });
  for (const type of ['PublishFlag', 'ArchiveFlag'] as const) ledger.accept({ type, id: flag });
  ledger.accept({ type: 'CreateFlag', name: 'Wide', key: 'color', rows: [] });

  ledger.accept({ type: 'RestoreSetup', past: pastAt(ledger, revision), stop: true });
  expect(textOf(exportSetup(ledger.state))).toBe(before);
  expect(ledger.state.experiments.get(second)).toMatchObject({ status: 'ARCHIVED', archivedFrom: 'STOPPED' });
});

test('a plan that goes back shows a thing as a file writes it, as every other plan does', () => {
  const ledger = Ledger.started();
  const [goal] = ledger.accept({ type: 'CreateGoal', name: 'Purchase', event: 'purchase' });
  const { revision } = ledger.state.head;
  ledger.accept({ type: 'ArchiveGoal', id: goal!.entity.id });
  const { steps } = planBack(ledger, pastAt(ledger, revision), true);
  const after = { name: 'Purchase', description: '', event: 'purchase', filters: [] };
  expect(steps.map(({ command, before, after }) => ({ command, before, after }))).toEqual([
    { command: 'RestoreGoal', before: null, after },
  ]);
});
