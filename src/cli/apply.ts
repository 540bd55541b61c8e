import { randomUUID } from 'node:crypto';
import type { Command } from 'commander';
import { interpretSetup } from '../setup/interpret';
import { NOTHING_KNOWN } from '../setup/names';
import { ask } from './ask';
import { countsOf, countText } from './plan-changes';
import {
  askForPlan,
  isPast,
  noProject,
  REFUSAL,
  refusedFor,
  showPlan,
  stoppedBy,
  targetOf,
  withPlan,
  type Plan,
  type PlanOptions,
  type Refused,
  type Target,
} from './planning';
import { serverOf, type Server } from './server';
import { problemLines, type SetupText } from './setup-file';
import { CommandFailed, type Terminal } from './verb';
import { counted } from '../domain/text';

interface Options extends PlanOptions {
  readonly createProject?: true;
  readonly dryRun?: true;
  readonly acknowledge?: true;
  readonly reason?: string;
}

interface Applied {
  readonly __typename: 'SetupApplied' | 'Accepted';
  readonly cursor: string;
}

const CREATE = `mutation Create($input: CreateProjectInput!) { createProject(input: $input) { __typename ${REFUSAL} } }`;
const APPLIED = `__typename ${REFUSAL} ... on SetupApplied { cursor } ... on Accepted { cursor }`;
const APPLY = `mutation Apply($input: ApplySetupInput!) { applied: applySetup(input: $input) { ${APPLIED} } }`;
const GO_BACK = `mutation GoBack($input: RestoreSetupInput!) { applied: restoreSetup(input: $input) { ${APPLIED} } }`;

/** Brings a project to a file, or back to what it was, all at once, by the plan that is shown and no other. */
export function applyVerb(command: Command, terminal: Terminal): void {
  withPlan(command)
    .option('--create-project', 'create the project if it is not there')
    .option('--dry-run', 'show what would be done, and do nothing')
    .option('--acknowledge', 'do also what the plan says that running experiments are changed by')
    .option('--reason <text>', 'why, for the history')
    .addHelpText(
      'after',
      '\nExamples:\n  experience-ledger apply shop.yaml --project shop --create-project\n  experience-ledger apply --project shop --as-of 2026-02-01 --reason "It was better then"',
    )
    .action((filename: string | undefined, options: Options) => apply(terminal, filename, options));
}

async function apply(terminal: Terminal, filename: string | undefined, options: Options): Promise<void> {
  const tell = (line: string): void => (options.json ? undefined : terminal.out(`${line}\n`));
  const target = await targetOf(filename, options);
  const server = await serverOf(terminal.environment, options);
  let plan = await askForPlan(server, target, options);
  if (plan === undefined) {
    if (!options.createProject || isPast(target)) throw noProject(options.project);
    const name = nameIn(target) ?? options.project;
    if (options.dryRun)
      throw new CommandFailed(
        `There is no project "${options.project}" yet. Without --dry-run it would be created, and filled with all of ${target.filename}.`,
      );
    await create(server, options, name);
    tell(`Created the project "${options.project}".`);
    plan = await askForPlan(server, target, options);
    if (plan === undefined) throw noProject(options.project);
  }
  if (!options.json) showPlan(terminal, plan);
  if (plan.obstacles.length > 0) throw new CommandFailed(stoppedBy(target, plan));
  if (plan.changes > 0 && !options.dryRun) tell(`Applying ${counted(plan.changes, 'step')} at once...`);
  const cursor = plan.changes === 0 || options.dryRun ? plan.cursor : (await send(server, target, options, plan)).cursor;
  const applied = plan.changes > 0 && !options.dryRun;
  if (options.json) terminal.out(`${JSON.stringify({ projectId: options.project, applied, changes: plan.changes, cursor })}\n`);
  else if (applied) tell(`Applied: ${countText(countsOf(plan.steps))}.`);
}

/** What the file calls the project. All of it is checked first: a project that is not there has nothing that it could name. */
function nameIn(text: SetupText): string | undefined {
  const interpreted = interpretSetup(text.content, NOTHING_KNOWN);
  if ('problems' in interpreted) throw new CommandFailed(problemLines(text, interpreted.problems));
  return interpreted.file.project?.name;
}

async function create(server: Server, { project, reason }: Options, name: string): Promise<void> {
  const { createProject } = await ask<{ createProject: { __typename: string } | Refused }>(server, CREATE, {
    input: { projectId: project, name, commandId: randomUUID(), reason },
  });
  if ('code' in createProject) throw new CommandFailed(createProject.message);
}

async function send(
  server: Server,
  target: Target,
  { project, prune = false, acknowledge, reason }: Options,
  plan: Plan,
): Promise<Applied> {
  const seen = acknowledge === true ? { acknowledge: acknowledgeAll(plan) } : {};
  const wanted = isPast(target) ? target : { setup: target.content, prune };
  const input = { projectId: project, ...wanted, plannedAt: plan.cursor, commandId: randomUUID(), reason, ...seen };
  const { applied } = await ask<{ applied: Applied | Refused }>(server, isPast(target) ? GO_BACK : APPLY, { input });
  if ('code' in applied) throw refusedFor(target, applied);
  return applied;
}

/** All that the plan shows, and no more: what began to run since is refused. */
function acknowledgeAll({ acknowledgementsNeeded: { noReach, baselineOf } }: Plan): object {
  return { noReach: noReach.length > 0, baselineOf: baselineOf.map(({ id }) => id) };
}
