import type { Properties } from '../evaluation/user-record';
import type { ClickHouseHttp, Parameters } from './clickhouse-http';
import { ExposureCounts } from './exposure-counts';
import { getOrMake, GoalSums, MILLIONTHS, MOST_AMOUNT, rowsOf, type MeasuredEvent } from './moment-sums';
import { DAY_MS, PRE_DAYS, type AskedGoal, type Moments, type MomentsQuery } from './moments';

/** Events of one page, where the properties of each are looked at here. */
const PAGE_ROWS = 5_000;

type Int = number | string;
type Named = { readonly [name: string]: string | number };

const RECEIVED = 'project = {project:String} AND received_at < {before:Int64}';

/** An event counts once, as it was first received. */
const EVENTS = `SELECT user, id, at, properties FROM (
    SELECT user, id, event, at, received_at, properties FROM observed_events WHERE project = {project:String} AND user IN (SELECT user FROM firsts)
    ORDER BY user, id, received_at, content LIMIT 1 BY user, id)
  WHERE event = {event:String} AND received_at < {before:Int64}`;

/** Moments as ClickHouse sums them. Only of a goal with filters each event is looked at here, as rules look at properties. */
export async function clickHouseMoments(http: ClickHouseHttp, query: MomentsQuery): Promise<Moments> {
  const { projectId, experiment, variants, endRevision = Number.MAX_SAFE_INTEGER } = query;
  const receivedBefore = Math.min(query.receivedBefore, Number.MAX_SAFE_INTEGER);
  const named: Named = {
    project: projectId,
    experiment,
    before: receivedBefore,
    end: endRevision,
    ...Object.fromEntries(variants.map((variant, index) => [`v${index}`, variant])),
  };
  const isListed = `variant IN (${variants.map((_, index) => `{v${index}:String}`).join()})`;
  const counting = `FROM observed_exposures WHERE experiment = {experiment:String} AND ${RECEIVED} AND revision < {end:Int64} AND ${isListed} GROUP BY user`;
  const firsts = `WITH firsts AS (SELECT user, argMin(variant, at) AS arm, min(at) AS first ${counting} HAVING uniqExact(variant) = 1)`;
  const ask = <Row>(sql: string, more: Parameters = {}): Promise<Row[]> => http.query<Row>(sql, { ...named, ...more });
  const counts = new ExposureCounts();
  const goals = query.goals.map((goal) => ({ goal, sums: new GoalSums(goal, query.receivedBefore) }));

  const mature = goals.map(({ goal }) => `, countIf(first + ${goal.windowDays * DAY_MS} <= {before:Int64})`).join('');
  for (const [day, arm, users, ...matureUsers] of await ask<[Int, string, Int, ...Int[]]>(
    `${firsts} SELECT intDiv(first, ${DAY_MS}) AS day, arm, count()${mature} FROM firsts GROUP BY day, arm`,
  )) {
    counts.addUsers(Number(day) * DAY_MS, arm, Number(users));
    for (const [index, { sums }] of goals.entries()) sums.addUsers(Number(day) * DAY_MS, arm, Number(matureUsers[index]));
  }
  for (const [day, exposures, afterEnd] of await ask<[Int, Int, Int]>(
    `SELECT intDiv(at, ${DAY_MS}) AS day, countIf(revision < {end:Int64} AND ${isListed}), countIf(revision >= {end:Int64})
      FROM (SELECT DISTINCT user, variant, at, revision FROM observed_exposures WHERE experiment = {experiment:String} AND ${RECEIVED}) GROUP BY day`,
  ))
    counts.add(Number(day) * DAY_MS, { exposures: Number(exposures), afterEnd: Number(afterEnd) });
  for (const [day, users] of await ask<[Int, Int]>(
    `SELECT intDiv(first, ${DAY_MS}) AS day, count() FROM (SELECT min(at) AS first ${counting} HAVING uniqExact(variant) > 1) GROUP BY day`,
  ))
    counts.add(Number(day) * DAY_MS, { inTwoVariants: Number(users) });
  for (const { goal, sums } of goals) await (goal.filters.length > 0 ? lookAtEvents : sumEvents)(ask, firsts, goal, sums);
  for (const earlier of query.earlier) {
    const other = `SELECT user, argMin(variant, at) AS before FROM observed_exposures
      WHERE experiment = {other:String} AND ${RECEIVED} AND revision < {otherEnd:Int64} GROUP BY user HAVING uniqExact(variant) = 1`;
    for (const [day, before, arm, users] of await ask<[Int, string, string, Int]>(
      `${firsts} SELECT intDiv(first, ${DAY_MS}) AS day, before, arm, count() FROM firsts INNER JOIN (${other}) AS others USING (user) GROUP BY day, before, arm`,
      { other: earlier.experiment, otherEnd: earlier.endRevision ?? Number.MAX_SAFE_INTEGER },
    ))
      counts.addEarlier(Number(day) * DAY_MS, earlier.experiment, before, arm, Number(users));
  }
  const [[erased] = [0]] = await ask<[Int]>(
    'SELECT sum(users) FROM observed_erased WHERE project = {project:String} AND experiment = {experiment:String}',
  );
  const allSums = goals.map(({ sums }) => sums);
  return {
    exposed: counts.exposedRows(),
    moments: rowsOf(allSums),
    days: counts.dayRows(allSums),
    earlier: counts.earlierRows(),
    erasedUsers: Number(erased),
  };
}

type Ask = <Row>(sql: string, more?: Parameters) => Promise<Row[]>;

/** Amounts are whole millionths in 128 bits, so that their order makes no difference. */
function amountSql({ measure }: AskedGoal): string {
  if (measure !== 'SUM') return `toInt128(${MILLIONTHS})`;
  const value = 'JSONExtractFloat(properties, {property:String})';
  const cut = `greatest(toFloat64(-${MOST_AMOUNT}), least(toFloat64(${MOST_AMOUNT}), ${value}))`;
  const isNumber = "JSONType(properties, {property:String}) IN ('Int64', 'UInt64', 'Double')";
  return `if(${isNumber}, toInt128(floor(${cut} * ${MILLIONTHS} + 0.5)), toInt128(0))`;
}

async function sumEvents(ask: Ask, firsts: string, goal: AskedGoal, sums: GoalSums): Promise<void> {
  const { event, property, cap, measure, windowDays } = goal;
  const after = `at >= first AND at < first + ${windowDays * DAY_MS}`;
  const before = `at < first AND at >= first - ${PRE_DAYS * DAY_MS}`;
  const most = measure === 'CONVERSION' ? MILLIONTHS : cap === null ? undefined : Math.round(Math.min(cap, MOST_AMOUNT) * MILLIONTHS);
  const measured = (during: string): string => {
    const total = `sumIf(${amountSql(goal)}, ${during})`;
    return most === undefined ? total : `least(${total}, toInt128(${most}))`;
  };
  const amount = (column: string): string => `toFloat64(${column}) / ${MILLIONTHS}`;
  const isMature = `first + ${windowDays * DAY_MS} <= {before:Int64}`;
  const [y, x] = [amount('y'), amount('x')];
  const rows = await ask<[Int, string, Int, Int, string, number, string, number, number]>(
    `${firsts} SELECT intDiv(first, ${DAY_MS}) AS day, arm, sum(times), countIf(y != 0 AND ${isMature}),
        toString(sumIf(y, ${isMature})), sumIf(${y} * ${y}, ${isMature}),
        toString(sumIf(x, ${isMature})), sumIf(${x} * ${x}, ${isMature}), sumIf(${x} * ${y}, ${isMature})
      FROM (SELECT arm, first, countIf(${after}) AS times, ${measured(after)} AS y, ${measured(before)} AS x
        FROM (${EVENTS}) AS events INNER JOIN firsts USING (user) GROUP BY user, arm, first)
      GROUP BY day, arm`,
    { event, ...(property !== null && { property }) },
  );
  for (const [day, arm, times, converted, sum, sumSquares, preSum, preSumSquares, product] of rows) {
    const totals = { converted: Number(converted), sum: BigInt(sum), sumSquares, preSum: BigInt(preSum), preSumSquares, product };
    sums.addTotals(Number(day) * DAY_MS, arm, totals, Number(times));
  }
}

async function lookAtEvents(ask: Ask, firsts: string, goal: AskedGoal, sums: GoalSums): Promise<void> {
  const sql = `${firsts} SELECT user, id, at, properties, arm, first FROM (${EVENTS}) AS events INNER JOIN firsts USING (user)
    WHERE at >= first - ${PRE_DAYS * DAY_MS} AND at < first + ${goal.windowDays * DAY_MS} AND (user, id) > ({user:String}, {id:String})
    ORDER BY user, id LIMIT ${PAGE_ROWS}`;
  const waiting = new Map<string, { readonly variant: string; readonly at: number; readonly events: MeasuredEvent[] }>();
  const finish = (except?: string): void => {
    for (const [user, { events, ...first }] of waiting) {
      if (user === except) continue;
      sums.addEvents(first, events);
      waiting.delete(user);
    }
  };
  for (let [user, id] = ['', '']; ;) {
    const rows = await ask<[string, string, Int, string, string, Int]>(sql, { event: goal.event, user, id });
    for (const [of, , at, properties, variant, first] of rows) {
      const { events } = getOrMake(waiting, of, () => ({ variant, at: Number(first), events: [] }));
      events.push({ at: Number(at), properties: JSON.parse(properties) as Properties });
    }
    const last = rows.at(-1);
    if (last === undefined || rows.length < PAGE_ROWS) return finish();
    // The events of the last user may go on in the next page.
    [user, id] = last;
    finish(user);
  }
}
