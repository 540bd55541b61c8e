import type { Command } from 'commander';
import type { Json } from '../domain/json';
import type { Problem } from '../domain/refusal';
import { foldName } from '../domain/text';
import { ask } from './ask';
import { ACTIONS, countsOf, countText, plannedChanges, quantity, type Counts, type PlannedStep } from './plan-changes';
import { changeLines, obstacleLines, painter } from './plan-text';
import { withServer, type Server, type ServerOptions } from './server';
import { errorLines, problemLines, readSetupText, type SetupText } from './setup-file';
import { pointOf, type Point } from './time';
import { CommandFailed, WrongUse, type Terminal } from './verb';

export interface PlanOptions extends ServerOptions {
  readonly project: string;
  readonly prune?: boolean;
  readonly asOf?: string;
  readonly stop?: boolean;
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

/** What a project is to be brought to, if that is no file. */
export interface PastSetup {
  readonly asOf: Point;
  readonly stop: boolean;
}

export type Target = SetupText | PastSetup;

export const isPast = (target: Target): target is PastSetup => 'asOf' in target;

/** What is to be planned: a file, or, with `--as-of`, what the project was. */
export async function targetOf(filename: string | undefined, { asOf, stop = false, prune }: PlanOptions): Promise<Target> {
  if (asOf === undefined) {
    if (filename === undefined) throw new WrongUse('Give a set-up file, or --as-of to go back to what the project was.');
    if (stop) throw new WrongUse('--stop is for --as-of: a file says what becomes of each experiment.');
    return readSetupText(filename);
  }
  if (filename !== undefined || prune) throw new WrongUse('Give a set-up file, or --as-of, which is of the whole project.');
  return { asOf: pointOf('--as-of', asOf), stop };
}

const PLANNED = `__typename ${REFUSAL} ... on Plan { projectId cursor changes
  acknowledgementsNeeded { noReach { id: nodeId name } baselineOf { id: nodeId name } }
  steps { command kind id: entityId name sentence before after } obstacles { command kind name code message changes { path kind before after } wayOut } }`;

const PLAN = `query Plan($input: PlanSetupInput!) { planned: planSetup(input: $input) { ${PLANNED} } }`;
const PLAN_BACK = `query Plan($input: PlanRestoreInput!) { planned: planRestore(input: $input) { ${PLANNED} } }`;

/** What both verbs take that plan. */
export function withPlan(command: Command): Command {
  return withServer(
    command
      .requiredOption('--project <id>', 'the project')
      .option('--prune', 'archive what the file does not name, of the kinds that it lists')
      .option('--as-of <point>', 'instead of a file: the whole set-up as it was at a date, an instant or a revision')
      .option('--stop', 'with --as-of: end experiments that did not run then, and leave those ended that did')
      .option('--json', 'print JSON for a script, instead of words'),
  );
}

/** The plan, or undefined if there is no such project. A file that is wrong fails with its errors, each at its place. */
export async function askForPlan(server: Server, target: Target, { project, prune = false }: PlanOptions): Promise<Plan | undefined> {
  const wanted = isPast(target) ? target : { setup: target.content, prune };
  const query = isPast(target) ? PLAN_BACK : PLAN;
  const { planned } = await ask<{ planned: Plan | Refused }>(server, query, { input: { projectId: project, ...wanted } });
  if (isPlan(planned)) return planned;
  if (planned.code === 'NOT_FOUND') return undefined;
  throw refusedFor(target, planned);
}

const isPlan = (answer: Plan | Refused): answer is Plan => answer.__typename === 'Plan';

export function noProject(project: string): CommandFailed {
  return new CommandFailed(`There is no project "${project}". Create it, or let "apply --create-project" do so.`);
}

export function refusedFor(target: Target, { message, problems }: Refused): CommandFailed {
  return new CommandFailed(problems === undefined || isPast(target) ? message : problemLines(target, problems));
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
export function stoppedBy(target: Target, { obstacles }: Plan): string {
  const lines = obstacles.map(({ kind, name, command, message, wayOut }) => {
    if (isPast(target)) return `${command} ${JSON.stringify(name)}: ${message} ${wayOut}`;
    const { filename, content, locate } = target;
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
