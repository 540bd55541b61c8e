import type { Json } from '../../src/domain/json';
import { exportSetup } from '../../src/setup/export';
import { planSetup, type Plan } from '../../src/setup/plan';
import { setupContent } from '../../src/setup/canonical-file';
import type { Ledger } from '../fixtures/ledger';

/** A project of a test as a file says it, in its one order. */
export const contentOf = (ledger: Ledger): Json => setupContent(exportSetup(ledger.state));

/** The plan of what must be a file: a refusal has no plan. */
export function planFor(ledger: Ledger, setup: Json, prune = false): Plan {
  const { state, projectId, limits } = ledger;
  const plan = planSetup(state, projectId, { setup, prune }, { limits, newId: 'planned' });
  if ('code' in plan) throw new Error(`there is no plan: ${plan.code} ${JSON.stringify(plan)}`);
  return plan;
}

/** Brings the project to what must be possible: the events it took. */
export const applied = (ledger: Ledger, setup: Json, prune = false) => ledger.accept({ type: 'ApplySetup', setup, prune });

/** A plan as a person would read it: `EditFlag New cart`. */
export const stepsOf = ({ steps }: Plan): readonly string[] => steps.map(({ command, entity }) => `${command} ${entity.name}`);

export const obstaclesOf = ({ obstacles }: Plan): readonly string[] =>
  obstacles.map(({ command, entity, refusal }) => `${command} ${entity.name}: ${refusal.code} ${refusal.message}`);
