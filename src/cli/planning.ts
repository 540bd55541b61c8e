import type { Command } from 'commander';
import type { Problem } from '../domain/refusal';
import { foldName } from '../domain/text';
import { ask } from './ask';
import { countText, painter, stepLines, type PlannedStep } from './plan-text';
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
}

interface Obstacle {
  readonly command: string;
  readonly kind: string;
  readonly name: string;
  readonly code: string;
  readonly message: string;
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
  steps { command kind id name sentence before after } obstacles { command kind name code message } } } }`;

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
export function showPlan(terminal: Terminal, { steps }: Plan): void {
  const paint = painter(terminal.colors ?? false);
  for (const step of steps) terminal.out(`${stepLines(step, paint).join('\n')}\n`);
  terminal.out(steps.length === 0 ? 'No changes: the project is as the file says.\n' : `\nPlan: ${countText(steps)}.\n`);
}

/** What stops the plan, each where the file asks for it, if it does. */
export function obstacleLines({ filename, content, locate }: SetupText, { obstacles }: Plan): string {
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
