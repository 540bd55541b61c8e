import { goalOf, USUAL_ANALYSIS } from '../src/domain/analysis';
import { apply, EMPTY_ALONE } from '../src/domain/decider';
import { entitiesOf, withEntity, type EntityOf, type ProjectState } from '../src/domain/project-state';
import { foldName, withArticle } from '../src/domain/text';
import { holds, isUsageKind, usesOf, type Use, type UsageKind } from '../src/domain/usage';
import type { Envelope } from '../src/domain/event';
import type { Document } from '../src/read-model/read-model';
import { neverCreated, NONE, type ProjectionOf } from '../src/read-model/projection';

/** From when to when a usage held a thing. */
export interface UsageSpan extends Use {
  readonly fromRevision: number;
  /** UTC milliseconds. */
  readonly fromAt: number;
  /** The revision of the event that ended the use; null: it still uses it. */
  readonly toRevision: number | null;
  readonly toAt: number | null;
}

/** The most spans that are kept of one usage: the last of them. */
const SPANS = 1_000;

/** One flag, config or experiment, and what it names: archived or not, each thing once. */
export interface UsageDocument {
  readonly kind: UsageKind;
  readonly id: string;
  readonly name: string;
  readonly status: string;
  readonly uses: readonly Use[];
  /** What it ever held, in the order in which it began to. */
  readonly spans: readonly UsageSpan[];
  readonly createdRevision: number;
  /** The revision of the last event that changed anything here: most edits do not. */
  readonly updatedRevision: number;
}

/** How labels of what is held begin. */
export const USES = 'uses:';

/** The label of the usages that hold the thing, so that it cannot be archived. */
export function usesTag({ kind, id }: Use): string {
  return `${USES}${kind}:${id}`;
}

/** The label of the usages that held the thing and do not any more. */
export function usedTag({ kind, id }: Use): string {
  return `used:${kind}:${id}`;
}

interface Draft {
  /** undefined: no event has made it yet. */
  readonly document: UsageDocument | undefined;
  /** Holds the usage and nothing else. */
  readonly state: ProjectState;
}

/** One document per usage, labelled with what it holds now (K5, S5, G2). */
export const usage: ProjectionOf<UsageDocument, Draft> = {
  collection: 'usage',
  touches: ({ entity: { kind, id } }) => (isUsageKind(kind) ? [`${kind}:${id}`] : NONE),
  open: (document) => ({
    document,
    state: document ? aloneWith(document) : EMPTY_ALONE,
  }),
  evolve(draft, event) {
    const { entity, revision } = event;
    if (!isUsageKind(entity.kind)) throw new Error(`${event.type} is about ${withArticle(entity.kind)}, which uses nothing`);
    const state = apply(draft.state, event);
    const used = usageIn(state, entity.kind, entity.id);
    if (!used) throw neverCreated(event, `the ${entity.kind} "${entity.id}"`);
    const { document: before } = draft;
    if (before && used.name === before.name && used.status === before.status && sameUses(used.uses, before.uses)) return draft;
    const createdRevision = before ? before.createdRevision : revision;
    const spans = spansAfter(before?.spans ?? [], heldBy(entity.kind, used), event);
    return { state, document: { kind: entity.kind, id: entity.id, ...used, spans, createdRevision, updatedRevision: revision } };
  },
  close: ({ document }) => document as UsageDocument & Document,
  index({ kind, name, status, uses, spans, createdRevision, updatedRevision }) {
    const folded = foldName(name);
    const held = heldBy(kind, { status, uses }).map(usesTag);
    const past = new Set<string>();
    for (const span of spans) if (span.toRevision !== null) past.add(usedTag(span));
    if (past.size > 0) for (const span of spans) if (span.toRevision === null) past.delete(usedTag(span));
    return {
      name: folded,
      created: createdRevision,
      updated: updatedRevision,
      archived: status === 'ARCHIVED',
      status,
      text: folded,
      tags: past.size === 0 ? held : [...held, ...past],
    };
  },
};

const heldBy = (kind: UsageKind, { status, uses }: Pick<UsageDocument, 'status' | 'uses'>): readonly Use[] =>
  uses.filter((use) => holds(kind, status, use.kind));

/** Ends the spans of what is not held any more, and begins those of what is held now. By loops: it is asked for every event of a rebuild, of few things. */
function spansAfter(spans: readonly UsageSpan[], held: readonly Use[], { revision, occurredAt }: Envelope): readonly UsageSpan[] {
  const ends = (span: UsageSpan): boolean => span.toRevision === null && !held.some((use) => isSame(use, span));
  const begun = held.filter((use) => !spans.some((span) => span.toRevision === null && isSame(use, span)));
  if (begun.length === 0 && !spans.some(ends)) return spans;
  const ended = spans.map((span) => (ends(span) ? { ...span, toRevision: revision, toAt: occurredAt } : span));
  for (const { kind, id } of begun) ended.push({ kind, id, fromRevision: revision, fromAt: occurredAt, toRevision: null, toAt: null });
  return ended.length > SPANS ? ended.slice(-SPANS) : ended;
}

const isSame = (a: Use, b: Use): boolean => a.id === b.id && a.kind === b.kind;

/** Not by way of canonical JSON: it is asked for every event of a rebuild. */
function sameUses(a: readonly Use[], b: readonly Use[]): boolean {
  return a.length === b.length && a.every((use, at) => isSame(use, b[at]!));
}

/** The usage as the domain's fold left it. */
function usageIn(state: ProjectState, kind: UsageKind, id: string): Pick<UsageDocument, 'name' | 'status' | 'uses'> | undefined {
  const entity = entitiesOf(state, kind).get(id);
  return entity && { name: entity.name, status: entity.status, uses: usesOf(kind, entity) };
}

type Named = Pick<UsageDocument, 'id' | 'name'> & { readonly [Kind in Use['kind'] as `${Kind}s`]: readonly string[] };

/**
 * An entity that is rebuilt from what its usage names; the rest of it (values, weights) is left empty, since it decides nothing about name,
 * status and uses, and would make the document as large as the entity. Whole literals and no spread defaults: those make every event of a usage
 * three times as slow.
 */
const BARE: { readonly [Kind in UsageKind]: (named: Named, status: EntityOf<Kind>['status']) => EntityOf<Kind> } = {
  flag: ({ id, name, keys, segments }, status) => {
    const rows = segments.map((segment) => ({ id: 'r0', segment, percentage: 0, value: null }));
    return { id, name, description: '', key: keys[0] ?? '', rows, rowIdsGiven: 0, status, archivedFrom: null };
  },
  config: ({ id, name, keys, segments }, status) => {
    const rows = segments.map((segment) => ({ id: 'r0', segment, values: [] }));
    return { id, name, description: '', keys, rows, rowIdsGiven: 0, status, archivedFrom: null };
  },
  experiment: ({ id, name, keys, segments, goals }, status) => ({
    id,
    name,
    description: '',
    audience: segments[0] ?? null,
    keys,
    goals: goals.map((goal) => goalOf(goal, 'SECONDARY')),
    analysis: USUAL_ANALYSIS,
    sticky: true,
    status,
    archivedFrom: null,
    traffic: 0,
    variants: [],
    variantIdsGiven: 0,
    exclusive: false,
    started: null,
    rolledOut: null,
    decisions: [],
  }),
};

/** A state with nothing but the usage in it, so that the domain's fold says what an event makes of it. */
function aloneWith({ kind, id, name, status, uses }: UsageDocument): ProjectState {
  const named: Record<Use['kind'], string[]> = { key: [], segment: [], goal: [] };
  for (const use of uses) named[use.kind].push(use.id);
  const { key: keys, segment: segments, goal: goals } = named;
  return withEntity(EMPTY_ALONE, kind, id, BARE[kind]({ id, name, keys, segments, goals }, status as never));
}
