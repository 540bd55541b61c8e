import { createHash } from 'node:crypto';
import { z } from 'zod';
import { ENTITY_KINDS, type Envelope } from '../domain/event';
import { ambiguousMember } from '../domain/json-text';
import { Chain } from './chain';
import { attributesOf, EXPORT_END, type ExportEnd, type LeftOut } from './cloud-event';
import { counted } from '../domain/text';

/** A line of a file, and what is wrong with it. */
export class BrokenFile extends Error {
  constructor(
    readonly line: number,
    readonly why: string,
  ) {
    super(`line ${line}: ${why}`);
  }
}

const text = z.string().max(10_000);
const PROJECT_ID = z.string().regex(/^[a-z][a-z0-9-]{1,62}$/);

/** All that a store and its readers rely on. What else is in an event, of a later version say, is under its hash and stays. */
const ENVELOPE = z.looseObject({
  id: text,
  type: z.string().regex(/^[A-Z][A-Za-z]{0,99}$/),
  schemaVersion: z.int().min(1),
  projectId: PROJECT_ID,
  entity: z.looseObject({ kind: z.enum(ENTITY_KINDS), id: text, name: text }),
  version: z.int().min(1),
  revision: z.int().min(0),
  occurredAt: z.int().min(0).max(8.64e15),
  actor: z.looseObject({ id: text, kind: z.enum(['user', 'service']) }),
  reason: text.optional(),
  commandId: text,
  commandHash: text,
  correlationId: text,
  causationId: text,
  data: z.looseObject({}),
  previousHash: text,
  hash: text,
});

/**
 * The events of an exported file, each verified in its chain before it is given out. Throws `BrokenFile` at the first line that is not as it was
 * written, and at the end of a file that does not say that it is whole. `onLeftOut` is given what the file says that it lacks.
 */
export async function* exportedEvents(
  lines: AsyncIterable<string>,
  onLeftOut: (leftOut: readonly LeftOut[]) => void = () => {},
): AsyncIterable<Envelope> {
  const chain = new Chain();
  const digest = createHash('sha256');
  let at = 0;
  let ended = false;
  for await (const line of lines) {
    at += 1;
    if (ended) throw new BrokenFile(at, `there is more after the line ${EXPORT_END}, which is the last`);
    const cloudEvent = parsed(line, at);
    if (cloudEvent['type'] === EXPORT_END && cloudEvent['source'] === '/export') {
      const { events, projects } = chain;
      mustFit(cloudEvent['data'], { events, projects, digest: digest.digest('hex') }, at);
      onLeftOut(leftOutOf(cloudEvent['data']));
      ended = true;
      continue;
    }
    const event = eventIn(cloudEvent, at);
    const problem = chain.follow(event);
    if (problem !== undefined) throw new BrokenFile(at, problem.message);
    digest.update(`${event.hash}\n`);
    yield event;
  }
  if (!ended) throw new BrokenFile(at + 1, `the file ends without the line ${EXPORT_END}: it was cut short`);
}

/** The first whole number in a JSON text that JavaScript reads as another one. An export has none. */
function inexactNumber(line: string): string | undefined {
  if (!/\d{16}/.test(line)) return undefined;
  const outside = line.replace(/"(?:[^"\\]|\\.)*"/g, '""');
  return outside.match(/-?\d{16,}(?![\d.eE])/g)?.find((digits) => BigInt(digits) !== BigInt(Number(digits)));
}

function parsed(line: string, at: number): Readonly<Record<string, unknown>> {
  let value: unknown;
  try {
    value = JSON.parse(line);
  } catch (error) {
    throw new BrokenFile(at, `it is not JSON, so it was cut short or changed (${(error as Error).message})`);
  }
  const name = ambiguousMember(line);
  if (name !== undefined) {
    throw new BrokenFile(at, `it has the member ${JSON.stringify(name.slice(0, 100))} twice in one object, so it was changed`);
  }
  const inexact = inexactNumber(line);
  if (inexact !== undefined)
    throw new BrokenFile(at, `it has the number ${inexact.slice(0, 40)}, which would not be kept exactly, so it was changed`);
  if (typeof value !== 'object' || value === null || Array.isArray(value)) throw new BrokenFile(at, 'it is not a CloudEvent');
  const cloudEvent = value as Readonly<Record<string, unknown>>;
  if (cloudEvent['specversion'] === '1.0') return cloudEvent;
  throw new BrokenFile(at, `its specversion is ${JSON.stringify(cloudEvent['specversion'])}: only CloudEvents "1.0" can be read`);
}

function eventIn(cloudEvent: Readonly<Record<string, unknown>>, at: number): Envelope {
  const checked = ENVELOPE.safeParse(cloudEvent['data']);
  if (!checked.success) {
    const [issue] = checked.error.issues;
    throw new BrokenFile(at, `its data is not an event of a ledger: ${['data', ...(issue?.path ?? [])].join('.')}: ${issue?.message}`);
  }
  const event = cloudEvent['data'] as Envelope;
  for (const [name, value] of Object.entries(attributesOf(event))) {
    if (cloudEvent[name] === value) continue;
    throw new BrokenFile(at, `its ${name} is ${JSON.stringify(cloudEvent[name])}, but the event in it says ${JSON.stringify(value)}`);
  }
  return event;
}

const LEFT_OUT = z.looseObject({ leftOut: z.array(z.object({ projectId: PROJECT_ID, from: z.int().min(0) })).optional() });

/** It is only reported to the operator, so a list that cannot be read counts as empty. */
function leftOutOf(said: unknown): readonly LeftOut[] {
  return LEFT_OUT.safeParse(said).data?.leftOut ?? [];
}

function mustFit(said: unknown, { events, projects, digest }: ExportEnd, at: number): void {
  const end = said as Partial<ExportEnd> | null;
  if (end?.events === events && end.projects === projects && end.digest === digest) return;
  throw new BrokenFile(
    at,
    `${counted(events, 'event')} of ${counted(projects, 'project')} ${events === 1 ? 'comes' : 'come'} before it, but ${end?.events} of ${end?.projects}, or others, were exported: lines are missing, or were changed`,
  );
}
