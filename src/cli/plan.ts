import type { Command } from 'commander';
import { InvalidSettings } from '../settings';
import { askForPlan, noProject, obstacleLines, showPlan, withPlan, type PlanOptions } from './planning';
import { EXIT } from './exit';
import { serverOf } from './server';
import { readSetupText } from './setup-file';
import { CommandFailed, Ended, type Terminal } from './verb';

/** There are changes: as a script knows it from other tools that plan. So no mistake may end with this code here. */
const CHANGES = 2;

/** Shows what would bring a project to a file. Nothing is written. */
export function planVerb(program: Command, terminal: Terminal): void {
  withPlan(program.command('plan'))
    .description('Show what would bring a project to a set-up file. Nothing is written.')
    .argument('<file>', 'a set-up file, YAML or JSON')
    .addHelpText(
      'after',
      '\nExit codes: 0 no changes, 2 changes, 1 anything else.\n\nExample:\n  experience-ledger plan shop.yaml --project shop',
    )
    .exitOverride((error) => {
      throw error.exitCode === EXIT.ok ? error : new Ended(EXIT.failure);
    })
    .action(async (filename: string, options: PlanOptions) => {
      const text = await readSetupText(filename);
      const server = await serverOf(terminal.environment, options).catch((error: Error) => {
        throw error instanceof InvalidSettings ? new CommandFailed(error.message) : error;
      });
      const plan = await askForPlan(server, text, options);
      if (plan === undefined) throw noProject(options.project);
      const { __typename, ...printed } = plan;
      if (options.json) terminal.out(`${JSON.stringify(printed, null, 2)}\n`);
      else showPlan(terminal, plan);
      if (plan.obstacles.length > 0) throw new CommandFailed(obstacleLines(text, plan));
      if (plan.changes > 0) throw new Ended(CHANGES);
    });
}
