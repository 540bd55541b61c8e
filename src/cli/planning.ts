import type { Command } from 'commander';
import type { Json } from '../domain/json';
import type { Problem } from '../domain/refusal';
import { foldName } from '../domain/text';
import { ask } from './ask';
import { ACTIONS, countsOf, countText, plannedChanges, quantity, type Counts, type PlannedStep } from './plan-changes';
import { changeLines, obstacleLines, painter } from './plan-text';
import { withServer, type Server, type ServerOptions } from './server';
import { errorLines, problemLines, type SetupText } from './setup-file';
import { CommandFailed, type Terminal } from './verb';

export interface PlanOptions extends ServerOptions {
  readonly project: string;
  readonly prune?: boolean;
  readonly json?: true;
}

export interface Plan {
  readonly __typename: 'Plan';
  readonly projectId: string;
  readonly cursor: string;
  readonly changes: number;
  readonly steps: readonly PlannedStep[];
  readonly obstacles: readonly Obstacle[];
  readonly acknowledgementsNeeded: AcknowledgementsNeeded;
}

/** What applying the plan must acknowledge. */
export interface AcknowledgementsNeeded {
  readonly noReach: readonly NamedExperiment[];
  readonly baselineOf: readonly NamedExperiment[];
}

interface NamedExperiment {
  readonly id: string;
  readonly name: string;
}

export interface Obstacle {
  readonly command: string;
  readonly kind: string;
  readonly name: string;
  readonly code: string;
  readonly message: string;
  readonly changes: readonly ObstacleChange[];
  readonly wayOut: string;
}

/** A field that cannot be changed. */
export interface ObstacleChange {
  readonly path: string;
  readonly kind: 'ADDED' | 'CHANGED' | 'REMOVED';
  readonly before: Json | null;
  readonly after: Json | null;
}

/** What the server answers instead of what was asked for. */
export interface Refused {
  readonly __typename: string;
  readonly code: string;
  readonly message: string;
  readonly problems?: readonly Problem[];
}

export const REFUSAL = '... on Refusal { code message ... on InvalidInput { problems { path message } } }';

const PLAN = `query Plan($input: PlanSetupInput!) { planSetup(input: $input) { __typename ${REFUSAL} ... on Plan { projectId cursor changes
  acknowledgementsNeeded { noReach { id: nodeId name } baselineOf { id: nodeId name } }
  steps { command kind id: entityId name sentence before after } obstacles { command kind name code message changes { path kind before after } wayOut } } } }`;

/** What both verbs take that plan. */
export function withPlan(command: Command): Command {
  return withServer(
    command
      .requiredOption('--project <id>', 'the project')
      .option('--prune', 'archive what the file does not name, of the kinds that it lists')
      .option('--json', 'print JSON for a script, instead of words'),
  );
}

/** The plan for the file, or undefined if there is no such project. A file that is wrong fails with its errors, each where it stands. */
export async function askForPlan(server: Server, text: SetupText, { project, prune = false }: PlanOptions): Promise<Plan | undefined> {
  const input = { projectId: project, setup: text.content, prune };
  const { planSetup } = await ask<{ planSetup: Plan | Refused }>(server, PLAN, { input });
  if (isPlan(planSetup)) return planSetup;
  if (planSetup.code === 'NOT_FOUND') return undefined;
  throw refusedFor(text, planSetup);
}

const isPlan = (answer: Plan | Refused): answer is Plan => answer.__typename === 'Plan';

export function noProject(project: string): CommandFailed {
  return new CommandFailed(`There is no project "${project}". Create it, or let "apply --create-project" do so.`);
}

export function refusedFor(text: SetupText, { message, problems }: Refused): CommandFailed {
  return new CommandFailed(problems === undefined ? message : problemLines(text, problems));
}

/** The plan as it is looked at. */
export function showPlan(terminal: Terminal, { steps, obstacles, acknowledgementsNeeded }: Plan): void {
  const paint = painter(terminal.colors ?? false);
  for (const change of plannedChanges(steps)) terminal.out(`${changeLines(change, paint).join('\n')}\n`);
  for (const obstacle of obstacles) terminal.out(`${obstacleLines(obstacle, paint).join('\n')}\n`);
  for (const line of acknowledgementLines(acknowledgementsNeeded)) terminal.out(`${line}\n`);
  terminal.out(steps.length + obstacles.length === 0 ? NO_CHANGES : `\nPlan: ${planText(steps, obstacles)}.\n`);
}

/** What the plan does to experiments that `--acknowledge` says was seen. */
function acknowledgementLines({ noReach, baselineOf }: AcknowledgementsNeeded): readonly string[] {
  return [
    ...noReach.map(({ name }) => `! experiment ${JSON.stringify(name)} can take no new user: needs --acknowledge`),
    ...baselineOf.map(({ name }) => `! experiment ${JSON.stringify(name)} runs, and its control gives something else: needs --acknowledge`),
  ];
}

const NO_CHANGES = 'No changes: the project is as the file says.\n';

function planText(steps: readonly PlannedStep[], obstacles: readonly Obstacle[]): string {
  const met = obstacles.length === 0 ? [] : [quantity(obstacles.length, 'obstacle')];
  return [...(steps.length === 0 ? [] : [countText(countsOf(steps))]), ...met].join(', ');
}

/** A plan as numbers: what it does to things of each kind, and what stops it. */
export interface Summary extends Pick<Plan, 'projectId' | 'cursor' | 'changes'> {
  readonly counts: Counts;
  readonly obstacles: number;
}

export function summaryOf({ projectId, cursor, changes, steps, obstacles }: Plan): Summary {
  return { projectId, cursor, changes, counts: countsOf(steps), obstacles: obstacles.length };
}

/** The summary as a table: a line for each kind, and one for obstacles. */
export function showSummary(terminal: Terminal, { counts, obstacles }: Summary): void {
  const rows = Object.entries(counts).map(([kind, ofKind]) => {
    const said = ACTIONS.flatMap((action) => (ofKind[action] ? [`${ofKind[action]} ${action}`] : []));
    return [kind, said.join(', ')] as const;
  });
  if (obstacles > 0) rows.push(['obstacles', String(obstacles)]);
  terminal.out(rows.length === 0 ? NO_CHANGES : rows.map(([what, said]) => `${what.padEnd(12)}${said}\n`).join(''));
}

/** What stops the plan, each where the file asks for it, if it does. */
export function stoppedBy({ filename, content, locate }: SetupText, { obstacles }: Plan): string {
  const lines = obstacles.map(({ kind, name, command, message }) => {
    const index = listed(content, kind).findIndex((one) => foldName(one) === foldName(name));
    if (index < 0) return `${filename}: ${command} ${JSON.stringify(name)}: ${message}`;
    const path = `${kind.toLowerCase()}s.${index}`;
    return errorLines(filename, [{ path, message: `${command} ${JSON.stringify(name)}: ${message}`, ...locate(`${path}.name`) }]);
  });
  return `${lines.join('\n')}\nNothing can be applied until ${obstacles.length === 1 ? 'this is' : 'these are'} solved.`;
}

/** The names that the file has of a kind. It has been found right, or there would be no obstacle. */
function listed(content: SetupText['content'], kind: string): readonly string[] {
  const list = (content as { readonly [list: string]: unknown })[`${kind.toLowerCase()}s`];
  return Array.isArray(list) ? (list as { readonly name: string }[]).map(({ name }) => name) : [];
}
