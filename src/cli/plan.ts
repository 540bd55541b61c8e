import type { Command } from 'commander';
import { InvalidSettings } from '../invalid-settings';
import { askForPlan, noProject, showPlan, showSummary, stoppedBy, summaryOf, targetOf, withPlan, type PlanOptions } from './planning';
import { CommandFailed, Ended, EXIT, WrongUse, type Terminal } from './verb';
import { serverOf } from './server';

/** There are changes: as a script knows it from other tools that plan. So no mistake may end with this code here. */
const CHANGES = 2;

/** Shows what would bring a project to a file, or back to what it was. Nothing is written. */
export function planVerb(command: Command, terminal: Terminal): void {
  withPlan(command)
    .option('--summary', 'only count what would be created, restored, changed and archived, and what stops it')
    .addHelpText(
      'after',
      '\nExit codes: 0 no changes, 2 changes, 1 anything else.\n\nExample:\n  experience-ledger plan shop.yaml --project shop',
    )
    .exitOverride((error) => {
      throw error.exitCode === EXIT.ok ? error : new Ended(EXIT.failure);
    })
    .action(async (filename: string | undefined, { summary = false, ...options }: PlanOptions & { readonly summary?: boolean }) => {
      const target = await targetOf(filename, options).catch((error: Error) => {
        // A mistake must not end as changes do.
        throw error instanceof WrongUse ? new CommandFailed(error.message) : error;
      });
      const server = await serverOf(terminal.environment, options).catch((error: Error) => {
        throw error instanceof InvalidSettings ? new CommandFailed(error.message) : error;
      });
      const plan = await askForPlan(server, target, options);
      if (plan === undefined) throw noProject(options.project);
      const { __typename, ...whole } = plan;
      if (options.json) terminal.out(`${JSON.stringify(summary ? summaryOf(plan) : whole, null, 2)}\n`);
      else if (summary) showSummary(terminal, summaryOf(plan));
      else showPlan(terminal, plan);
      if (plan.obstacles.length > 0) throw new CommandFailed(stoppedBy(target, plan));
      if (plan.changes > 0) throw new Ended(CHANGES);
    });
}
