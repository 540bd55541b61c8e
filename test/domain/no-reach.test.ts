import fc from 'fast-check';
import { BY_EVENTS } from '../../src/application/refusals';
import type { Command } from '../../src/domain/command';
import { reachOf } from '../../src/domain/reach';
import { finish } from '../../src/domain/steps';
import { take } from '../../src/evaluation/assignment';
import { compileRuleset } from '../../src/evaluation/ruleset';
import { Subject } from '../../src/evaluation/subject';
import { EMPTY_RECORD } from '../../src/evaluation/user-record';
import { setupContent } from '../../src/setup/canonical-file';
import { describingPast } from '../../src/setup/export';
import type { ApplySetup } from '../../src/setup/plan';
import type { RestoreSetup } from '../../src/setup/restore';
import { Ledger } from '../fixtures/ledger';
import { createExperiment, createKey, createSegment, IN_MIAMI, IN_NEW_YORK, variantsFor } from '../fixtures/shop';

test('X6 each command that starts an experiment or raises its traffic can be refused so, and these are all', () => {
  const ledger = Ledger.started();
  for (const name of ['price', 'title']) createKey(ledger, name);
  const first = createExperiment(ledger, 'First', ['title'], { exclusive: true });
  const second = createExperiment(ledger, 'Second', ['price'], { traffic: 5_000 });
  const third = createExperiment(ledger, 'Third', ['price'], { traffic: 5_000 });
  for (const id of [first, second]) ledger.accept({ type: 'StartExperiment', id, acknowledge: { noReach: true } });
  const past = finish(describingPast(ledger.state));
  ledger.accept({ type: 'ChangeExperimentTraffic', id: second, traffic: 4_000 });
  const commands: readonly (Command | ApplySetup | RestoreSetup)[] = [
    { type: 'StartExperiment', id: third },
    { type: 'RaiseExperimentTraffic', id: second, traffic: 6_000 },
    { type: 'ChangeExperimentTraffic', id: second, traffic: 6_000 },
    { type: 'ApplySetup', setup: setupContent(past.file), prune: false },
    { type: 'RestoreSetup', past, stop: false },
  ];
  expect(commands.map(({ type }) => type)).toEqual(BY_EVENTS.NO_REACH);
  for (const command of commands) expect(ledger.refuse(command)).toMatchObject({ code: 'NO_REACH' });
});

test('X6 a start that the set-up proves to reach no new user names what is in the way, unless acknowledged', () => {
  const ledger = Ledger.started();
  for (const name of ['price', 'title']) createKey(ledger, name);
  const first = createExperiment(ledger, 'First', ['title'], { exclusive: true });
  const second = createExperiment(ledger, 'Second', ['price'], { traffic: 5_000 });
  expect(ledger.accept({ type: 'StartExperiment', id: first })[0]?.data).toMatchObject({
    reach: { basis: 'SETUP', atMost: 10_000, blockedBy: [] },
  });
  const start = { type: 'StartExperiment', id: second } as const;
  expect(ledger.refuse(start)).toMatchObject({
    code: 'NO_REACH',
    inTheWay: [{ kind: 'experiment', id: first, name: 'First', status: 'RUNNING' }],
  });
  expect(ledger.refuse({ ...start, acknowledge: { noReach: false, baselineOf: [second] } })).toMatchObject({ code: 'NO_REACH' });
  const [started] = ledger.accept({ ...start, acknowledge: { noReach: true } });
  expect(started?.data).toMatchObject({ reach: { basis: 'SETUP', atMost: 0, blockedBy: [first] } });
  const raise = { type: 'ChangeExperimentTraffic', id: second, traffic: 6_000 } as const;
  expect(ledger.refuse(raise)).toMatchObject({ code: 'NO_REACH' });
  expect(ledger.accept({ ...raise, traffic: 4_000 })[0]?.data).toEqual({ from: 5_000, to: 4_000 });
  ledger.accept({ type: 'ChangeExperimentTraffic', id: first, traffic: 9_000 });
  expect(ledger.accept(raise)[0]?.data).toMatchObject({ reach: { atMost: 600, blockedBy: [first] } });
});

test('X6 no user is ever taken of whom the set-up proves that none is', () => {
  const rules = [null, IN_NEW_YORK, IN_MIAMI];
  const design = fc.record({
    key: fc.constantFrom('price', 'title', 'third'),
    exclusive: fc.boolean(),
    rule: fc.nat(2),
    traffic: fc.constantFrom(0, 3_000, 10_000),
  });
  let proven = 0;
  fc.assert(
    fc.property(fc.array(design, { minLength: 2, maxLength: 5 }), (designs) => {
      const ledger = Ledger.started();
      for (const name of ['price', 'title', 'third']) createKey(ledger, name);
      const segments = rules.map((rule, index) => (rule === null ? null : createSegment(ledger, `S${index}`, rule)));
      const ids = designs.map(({ key, exclusive, rule, traffic }, index) => {
        const audience = segments[rule] ?? null;
        const id = createExperiment(ledger, `E${index}`, [key], { exclusive, audience, traffic, variants: variantsFor([key]) });
        ledger.accept({ type: 'StartExperiment', id, acknowledge: { noReach: true } });
        return id;
      });
      const ruleset = compileRuleset(ledger.state, ledger.state.head.revision);
      for (let user = 0; user < 40; user += 1) {
        const city = user % 2 === 0 ? 'New York' : 'Miami';
        const subject = new Subject(EMPTY_RECORD, { userId: `u${user}`, properties: { 'geo.city': city } }, 0);
        const { variants } = take(ruleset, subject);
        for (const [number, { id }] of ruleset.running.entries()) {
          const experiment = ledger.state.experiments.get(id)!;
          const { atMost } = reachOf(ledger.state, experiment, experiment.traffic);
          if (atMost === 0) proven += 1;
          if (atMost === 0) expect(variants[number]).toBe(-1);
        }
      }
      expect(ids).toHaveLength(designs.length);
    }),
    { numRuns: 150 },
  );
  expect(proven).toBeGreaterThan(100);
});
