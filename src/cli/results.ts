import type { Command } from 'commander';
import { ask } from './ask';
import { timeOf } from './time';
import { painter, type Paint } from './plan-text';
import { serverOf, withServer, type ServerOptions } from './server';
import { CommandFailed, WrongUse, type Terminal, oneLine } from './verb';

interface Options extends ServerOptions {
  readonly project?: string;
  readonly receivedUpTo?: string;
  readonly upTo?: string;
  readonly json?: true;
}

interface Estimate {
  readonly missing: string | null;
  readonly confidence: number | null;
  readonly difference: number | null;
  readonly low: number | null;
  readonly high: number | null;
  readonly uplift: { readonly uplift: number; readonly low: number; readonly high: number } | null;
}

interface Goal {
  readonly name: string;
  readonly role: string;
  readonly measure: string;
  readonly figures: readonly {
    readonly variant: string;
    readonly figure: {
      readonly missing: string | null;
      readonly users: number | null;
      readonly mean: number | null;
      readonly low: number | null;
      readonly high: number | null;
    };
  }[];
  readonly comparisons: readonly {
    readonly variant: string;
    readonly plain: Estimate;
    readonly adjusted: Estimate;
    readonly adjustedDecides: boolean;
  }[];
}

interface Results {
  readonly name: string;
  readonly receivedUpTo: string;
  readonly days: number;
  readonly digest: string;
  readonly remark: string | null;
  readonly checks: readonly { readonly name: string; readonly status: string; readonly text: string }[];
  readonly conclusions: readonly { readonly text: string }[];
  readonly variants: readonly {
    readonly variant: string;
    readonly name: string;
    readonly users: number;
    readonly neverExposed: number | null;
  }[];
  readonly goals: readonly Goal[];
}

const ESTIMATE = 'missing confidence difference low high uplift { uplift low high }';
const QUERY = `query Results($id: ID!, $upTo: Cursor, $receivedUpTo: DateTime) {
  experimentResults(id: $id, upTo: $upTo, receivedUpTo: $receivedUpTo) {
    name cursor receivedUpTo days digest remark
    checks { name status text } conclusions { variant kind text reasons } variants { variant name users neverExposed }
    goals {
      name role measure figures { variant figure { missing users converted mean low high } }
      comparisons { variant plain { ${ESTIMATE} } adjusted { ${ESTIMATE} } adjustedDecides correctedP guarded }
    }
  }
}`;

/** Prints what an experiment shows: checks first, then each goal with its intervals, then the conclusion. */
export function resultsVerb(command: Command, terminal: Terminal): void {
  withServer(command)
    .option('--project <id>', 'the project, where the experiment is named by its local id')
    .option('--up-to <cursor>', 'the history up to this cursor')
    .option('--received-up-to <time>', 'observations received up to then: an instant such as 2026-02-01T09:30:00Z')
    .option('--json', 'print the answer as one line of JSON')
    .addHelpText('after', '\nExample:\n  experience-ledger results shop/experiment/new-checkout')
    .action((experiment: string, options: Options) => show(terminal, experiment, options));
}

async function show(
  terminal: Terminal,
  experiment: string,
  { project: projectId, upTo, receivedUpTo, json, ...options }: Options,
): Promise<void> {
  if (projectId === undefined && !experiment.includes('/'))
    throw new WrongUse('Give the id as the API gives it, such as shop/experiment/abc, or --project.');
  const variables = { upTo, receivedUpTo: receivedUpTo && timeOf('--received-up-to', receivedUpTo) };
  const server = await serverOf(terminal.environment, options);
  const id = experiment.includes('/') ? experiment : `${projectId}/experiment/${experiment}`;
  const { experimentResults } = await ask<{ readonly experimentResults: Results | null }>(server, QUERY, { id, ...variables });
  if (experimentResults === null) throw new CommandFailed(`There is no experiment "${id}".`);
  const lines = json ? [JSON.stringify(experimentResults)] : linesOf(experimentResults, painter(terminal.colors === true));
  terminal.out(`${lines.join('\n')}\n`);
}

const COLOURS = { PASSED: 'green', NOTICED: 'dim', FAILED: 'red' } as const;

function linesOf(results: Results, paint: Paint): readonly string[] {
  const { name, receivedUpTo, days, checks, goals, variants, conclusions, remark, digest } = results;
  const nameOf = (id: string): string => oneLine(variants.find(({ variant }) => variant === id)?.name ?? id);
  return [
    `${paint('bold', oneLine(name))}, ${days} days, received up to ${receivedUpTo}`,
    '',
    ...checks.map(
      ({ status, text }) => `${paint(COLOURS[status as keyof typeof COLOURS], status.toLowerCase().padEnd(8))} ${oneLine(text)}`,
    ),
    ...notExposed(variants),
    ...goals.flatMap((goal) => ['', `${paint('bold', oneLine(goal.name))} (${goal.role.toLowerCase()})`, ...table(rowsOf(goal, nameOf))]),
    '',
    ...conclusions.map(({ text }) => paint('bold', oneLine(text))),
    ...(remark === null ? [] : [remark]),
    paint('dim', `digest ${digest.slice(0, 16)}`),
  ];
}

function notExposed(variants: Results['variants']): readonly string[] {
  const known = variants.flatMap(({ name, neverExposed }) => (neverExposed === null ? [] : [`${neverExposed} ${oneLine(name)}`]));
  return known.length === 0 ? [] : ['', `assigned, never exposed: ${known.join(', ')}`];
}

function rowsOf({ measure, figures, comparisons }: Goal, nameOf: (id: string) => string): readonly (readonly string[])[] {
  const share = measure === 'CONVERSION';
  const number = (value: number): string => (share ? `${(value * 100).toFixed(2)} %` : value.toPrecision(4));
  return [
    ['variant', 'users', 'mean', '95 %', 'uplift', 'interval', 'with CUPED'],
    ...figures.map(({ variant, figure: { missing, users, mean, low, high } }) => {
      const beside = comparisons.find((comparison) => comparison.variant === variant);
      return [
        nameOf(variant),
        ...(missing === null ? [`${users!}`, number(mean!), `${number(low!)} to ${number(high!)}`] : ['', wordOf(missing), '']),
        ...(beside === undefined ? ['', '', ''] : [...upliftOf(beside.plain), upliftOf(beside.adjusted).join(', ')]),
      ];
    }),
  ];
}

function upliftOf({ missing, uplift }: Estimate): readonly [string, string] {
  if (missing !== null) return [wordOf(missing), ''];
  if (uplift === null) return ['not known', ''];
  const percent = (value: number): string => `${value > 0 ? '+' : ''}${(value * 100).toFixed(1)} %`;
  return [percent(uplift.uplift), `${percent(uplift.low)} to ${percent(uplift.high)}`];
}

const wordOf = (missing: string): string => missing.toLowerCase().replace(/_/g, ' ');

function table(rows: readonly (readonly string[])[]): readonly string[] {
  const widths = rows[0]!.map((_, column) => Math.max(...rows.map((row) => row[column]!.length)));
  return rows.map((row) => `  ${row.map((cell, column) => cell.padEnd(widths[column]!)).join('  ')}`.trimEnd());
}
