import type { Command } from 'commander';
import type { Json } from '../domain/json';
import { ask, ifThere } from './ask';
import { timeOf } from './time';
import { painter, type Paint } from './plan-text';
import { serverOf, withServer, type ServerOptions } from './server';
import { CommandFailed, WrongUse, type Terminal, oneLine } from './verb';

interface Options extends ServerOptions {
  readonly project: string;
  readonly user?: string;
  readonly property?: readonly string[];
  readonly key?: readonly string[];
  readonly asOf?: string;
  readonly json?: true;
}

interface Finding {
  readonly matched: boolean;
  readonly text: string;
  readonly instead: string | null;
  readonly depth: number;
}

interface Step {
  readonly source: string;
  readonly name: string | null;
  readonly serves: boolean;
  readonly why: string;
  readonly audience: readonly Finding[];
}

interface Evaluation {
  readonly revision: number;
  readonly remark: string | null;
  readonly keys: readonly { readonly key: string; readonly value: Json; readonly source: string; readonly steps: readonly Step[] }[];
  readonly experiments: readonly { readonly name: string; readonly standing: string; readonly why: string }[];
}

const QUERY = `query Evaluate($projectId: ID!, $user: EvaluatedUserInput!, $keys: [String!], $asOf: AsOfInput) {
  evaluate(projectId: $projectId, user: $user, keys: $keys, asOf: $asOf) {
    revision remark
    keys { key value reason source variant steps { source entityId name variant serves why audience { matched text instead depth } } }
    experiments { entityId name standing variant assignedAt assignedRevision why }
  }
}`;

/** Prints which values a user gets, and why. Nothing is assigned or counted. */
export function evaluateVerb(command: Command, terminal: Terminal): void {
  withServer(command)
    .requiredOption('--project <id>', 'the project')
    .option('--user <id>', 'the user id that the app sends; without one no sample, behaviour or experiment takes the user')
    .option('--property <name=value...>', 'properties of the user; a value that is JSON is taken as JSON, any other as text')
    .option('--key <name...>', 'only these keys')
    .option('--as-of <time>', 'the set-up as it was then: an instant such as 2026-02-01T09:30:00Z')
    .option('--json', 'print the answer as one line of JSON')
    .addHelpText(
      'after',
      '\nExample:\n  experience-ledger evaluate --project shop --user ann --property geo.city="New York" --key dark_mode',
    )
    .action((options: Options) => evaluate(terminal, options));
}

async function evaluate(terminal: Terminal, options: Options): Promise<void> {
  const variables = {
    projectId: options.project,
    user: { id: options.user, properties: propertiesOf(options.property ?? []) },
    keys: options.key,
    asOf: options.asOf === undefined ? undefined : { time: timeOf('--as-of', options.asOf) },
  };
  const server = await serverOf(terminal.environment, options);
  const answer = await ifThere(ask<{ readonly evaluate: Evaluation }>(server, QUERY, variables));
  if (answer === undefined) throw new CommandFailed(`There is no project "${options.project}".`);
  const { evaluate: evaluation } = answer;
  const absent = (options.key ?? []).filter((name) => !evaluation.keys.some(({ key }) => key === name));
  if (absent.length > 0)
    throw new CommandFailed(`There is no key ${absent.map((name) => JSON.stringify(name)).join(', ')} that is not archived.`);
  terminal.out(options.json ? `${JSON.stringify(evaluation)}\n` : `${linesOf(evaluation, painter(terminal.colors === true)).join('\n')}\n`);
}

function linesOf({ keys, experiments, remark }: Evaluation, paint: Paint): readonly string[] {
  return [
    ...keys.flatMap(({ key, value, steps }) => [
      `${paint('bold', key)} = ${oneLine(JSON.stringify(value))}`,
      ...steps.flatMap((step) => stepLines(step, paint)),
    ]),
    ...(experiments.length === 0 ? [] : ['', 'Running experiments:']),
    ...experiments.map(({ name, standing, why }) => `  ${paint(inExperiment(standing), oneLine(name))}: ${oneLine(why)}`),
    ...(remark === null ? [] : ['', remark]),
  ];
}

function stepLines({ source, name, serves, why, audience }: Step, paint: Paint): readonly string[] {
  const what = name === null ? 'the default' : `${source.toLowerCase()} "${oneLine(name)}"`;
  return [
    `  ${paint(serves ? 'green' : 'dim', serves ? '+' : '-')} ${what}: ${oneLine(why)}`,
    ...audience.map(({ matched, text, instead, depth }) => {
      const but = instead === null ? '' : `, but ${oneLine(instead)}`;
      return `    ${'  '.repeat(depth)}${matched ? 'yes' : 'no '} ${oneLine(text)}${but}`;
    }),
  ];
}

const inExperiment = (standing: string): 'green' | 'dim' => (standing === 'ASSIGNED' || standing === 'TAKES' ? 'green' : 'dim');

function propertiesOf(given: readonly string[]): { readonly [name: string]: Json } {
  return Object.fromEntries(
    given.map((text) => {
      const at = text.indexOf('=');
      if (at < 1) throw new WrongUse(`--property takes name=value, not ${JSON.stringify(text)}.`);
      return [text.slice(0, at), valueOf(text.slice(at + 1))];
    }),
  );
}

function valueOf(text: string): Json {
  try {
    return JSON.parse(text) as Json;
  } catch {
    // Not JSON, so it is a text as it stands.
    return text;
  }
}
