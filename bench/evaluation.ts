import { take } from '../src/evaluation/assignment';
import { bulkOf, takeFor } from '../src/evaluation/evaluate';
import { compileRuleset } from '../src/evaluation/ruleset';
import { serve } from '../src/evaluation/serving';
import { servingTrail } from '../src/evaluation/serving-trail';
import { Subject } from '../src/evaluation/subject';
import { EMPTY_RECORD } from '../src/evaluation/user-record';
import { line, nanoseconds, type Measured } from './evaluation/measure';
import { peers } from './evaluation/peers';
import { CONTEXTS, experiments, flags, HOUR, keyName, project, withNewObjects, type Context } from './evaluation/project';

/**
 * How fast values are served in process, beside the evaluators of other products: CPU time, and ratios within one run. Aims: a targeted key at
 * least 4 times as fast as flagd-core; explained within 10 us; who is in which experiment, 10 running of 1,000 ever started, within 2 us; 350
 * keys at least 1.5 times as fast as JSON.stringify of their results.
 */
const KEYS = 500;
const BULK_KEYS = 350;

const subjectOf = (context: Context, record = EMPTY_RECORD) =>
  new Subject(record, { userId: context.targetingKey, properties: context }, HOUR);

function each(name: string, once: (context: Context) => unknown): Measured {
  return {
    name,
    run: (times) => {
      let found = 0;
      for (let time = 0; time < times; time += 1) if (once(CONTEXTS[time % CONTEXTS.length]!) !== undefined) found += 1;
      return found;
    },
  };
}

async function targeted(): Promise<void> {
  const ruleset = flags(KEYS);
  const name = keyName(0);
  const ours = each('ours', (context) => {
    const subject = subjectOf(context);
    const key = ruleset.keys.get(name)!;
    return serve(ruleset, key, subject, takeFor(ruleset, key, subject));
  });
  const explained = each('ours, explained', (context) => servingTrail(ruleset, name, subjectOf(context)));
  const all = [ours, explained, ...(await peers(KEYS))];
  const found = nanoseconds(all);
  console.log(`one targeted key of ${KEYS}: three conditions, and half of the users`);
  for (const { name: peer } of all) {
    const times = found.get(peer)! / found.get('ours')!;
    console.log(line(peer, found.get(peer)!, peer === 'ours' ? '' : `${times.toFixed(1)} x`));
  }
}

function assigned(): void {
  const { ruleset, record } = experiments();
  const held = { ...record, assignments: [...record.assignments, ...holdingOf(ruleset.running[0]!.id)] };
  const all = [
    each('user in no running one', (context) => take(ruleset, subjectOf(context, record))),
    each('user in one of them', (context) => take(ruleset, subjectOf(context, held))),
  ];
  const found = nanoseconds(all);
  console.log(`who is in which experiment: ${ruleset.running.length} running of 1,000 ever started`);
  for (const { name } of all) console.log(line(name, found.get(name)!));
}

const holdingOf = (experiment: string) => [{ experiment, variant: 'v2', assignedAt: 0, revision: 1 }];

function bulk(): void {
  const ruleset = flags(BULK_KEYS);
  const keys = [...ruleset.keys.values()];
  const results = CONTEXTS.map((context) => {
    const subject = subjectOf(context);
    return keys.map((key) => {
      const { value, reason, variant, source, id } = serve(ruleset, key, subject, takeFor(ruleset, key, subject));
      return { key: key.name, value, reason, variant, metadata: { source, id } };
    });
  });
  // The same for both, so that what is measured is no allocation of memory.
  const bytes = Buffer.alloc(100_000);
  let next = 0;
  const stringified = (): string => JSON.stringify(results[(next += 1) % results.length]);
  const joined = (context: Context): string => {
    const subject = subjectOf(context);
    return bulkOf(ruleset, subject, take(ruleset, subject), ruleset.tails.all.plain);
  };
  if (joined(CONTEXTS[1]!) !== stringified()) throw new Error('The two ways to make a bulk answer do not give the same bytes.');
  const all = [
    each('evaluated and joined', (context) => bytes.write(joined(context))),
    each('JSON.stringify of what was evaluated before', () => bytes.write(stringified())),
  ];
  const found = nanoseconds(all);
  const [ours, plain] = all.map(({ name }) => found.get(name)!) as [number, number];
  console.log(`all of ${BULK_KEYS} keys as bytes of JSON, ${(stringified().length / 1_000).toFixed(1)} kB`);
  console.log(line(all[0]!.name, ours));
  console.log(line(all[1]!.name, plain, `${(plain / ours).toFixed(2)} x`));
}

/** What it costs to have a project ready, and to follow an edit of one row of a flag. */
function compiling(): void {
  const { ledger, flag, row } = project(KEYS);
  const before = compileRuleset(ledger.state, 0);
  ledger.accept({ type: 'EditFlag', id: flag, rows: [{ ...row, id: 'r1', percentage: 2_500 }] });
  const times = (name: string, once: () => unknown): Measured => ({ name, run: (count) => Array.from({ length: count }, once).length });
  const all = [
    times('compiled from nothing', () => compileRuleset(withNewObjects(ledger.state), 0)),
    times('compiled after an edit', () => compileRuleset(ledger.state, 1, before)),
  ];
  const found = nanoseconds(all);
  console.log(`a ruleset of ${KEYS} keys, each with a flag and a segment`);
  for (const { name } of all) console.log(line(name, found.get(name)!));
  global.gc?.();
  const heap = process.memoryUsage().heapUsed;
  const kept = Array.from({ length: 20 }, () => compileRuleset(withNewObjects(ledger.state), 0));
  global.gc?.();
  const bytes = (process.memoryUsage().heapUsed - heap) / kept.length;
  console.log(`  memory: ${(bytes / 1e6).toFixed(2)} MB a project; ${(bytes / 1e6).toFixed(2)} GB for 1,000 projects`);
}

async function main(): Promise<void> {
  await targeted();
  assigned();
  bulk();
  compiling();
  // A peer polls on.
  process.exit();
}

void main();
