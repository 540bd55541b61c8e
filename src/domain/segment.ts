import { type Concept, type Evolve, archived, changed, created, restored } from './concept';
import type { Change, EntityRef, Fact } from './event';
import { sameJson } from './json';
import { NamedEntities, type OnEntity } from './named-entity';
import { checkText, copyName, type Text } from './naming';
import { entityKey, type ProjectState } from './project-state';
import { differing } from './revert-steps';
import { checkRule, normalizeRule } from './rule-check';
import { markedRule } from './rule-words';
import type { Rule } from './rule';
import { onExisting } from './targeting';
import { cleanName, NAME_LENGTH } from './text';
import { entityText } from './text-part';

/* events */

interface Definition {
  readonly description: string;
  readonly rule: Rule;
}

export type SegmentEvent =
  | Fact<'SegmentCreated', Definition>
  /** Carries the whole copied definition, so that it can be read alone (S4). */
  | Fact<'SegmentCloned', Definition & { readonly source: { readonly id: string; readonly name: string; readonly version: number } }>
  | Fact<'SegmentRenamed', Change<string>>
  | Fact<'SegmentDescribed', Change<string>>
  | Fact<'SegmentRuleChanged', Change<Rule>>
  | Fact<'SegmentArchived', Record<string, never>>
  | Fact<'SegmentRestored', Record<string, never>>;

/* state */

/** A named rule that says which users. */
export interface Segment extends Definition {
  readonly id: string;
  readonly name: string;
  readonly archived: boolean;
}

/* evolve */

const segments = new NamedEntities<Segment>('segment', ({ archived }) => archived);

const add = (state: ProjectState, { id, name }: EntityRef, { description, rule }: Definition): ProjectState =>
  segments.added(state, { id, name, description, rule, archived: false });

const evolve: Evolve<SegmentEvent> = {
  SegmentCreated: (state, { entity, data }) => add(state, entity, data),
  SegmentCloned: (state, { entity, data }) => add(state, entity, data),
  SegmentRenamed: segments.renamed,
  SegmentDescribed: segments.described,
  SegmentRuleChanged: (state, { entity, data }) => segments.changed(state, entity, { rule: data.to }),
  SegmentArchived: (state, event) => segments.archived(state, event, { archived: true }),
  SegmentRestored: (state, event) => segments.restored(state, event, { archived: false }),
};

/* commands */

type EditSegment = { readonly type: 'EditSegment'; readonly rule?: Rule } & Text & OnEntity;

export type SegmentCommand =
  | { readonly type: 'CreateSegment'; readonly name: string; readonly description?: string; readonly rule: Rule }
  | EditSegment
  | ({ readonly type: 'CloneSegment'; readonly name?: string } & OnEntity)
  | ({ readonly type: 'ArchiveSegment' } & OnEntity)
  | ({ readonly type: 'RestoreSegment' } & OnEntity);

/* decide */

export const segment = {
  kind: 'segment',
  right: 'write set-up',
  schemaVersions: {
    SegmentCreated: 1,
    SegmentCloned: 1,
    SegmentRenamed: 1,
    SegmentDescribed: 1,
    SegmentRuleChanged: 1,
    SegmentArchived: 1,
    SegmentRestored: 1,
  },
  evolve,
  decide: {
    CreateSegment: segments.creating(
      'SegmentCreated',
      ({ rule }) => checkRule(rule, 'rule'),
      ({ description = '', rule }) => ({ description, rule: normalizeRule(rule) }),
    ),

    EditSegment: segments.editing<EditSegment>(
      { renamed: 'SegmentRenamed', described: 'SegmentDescribed' },
      ({ rule }, was) => (rule === undefined ? [] : checkRule(rule, 'rule', was.rule)),
      (_state, was, command, entity) => {
        const rule = command.rule === undefined ? was.rule : normalizeRule(command.rule);
        if (sameJson(rule, was.rule)) return { facts: [] };
        return { facts: [{ type: 'SegmentRuleChanged', entity, data: { from: was.rule, to: rule } }] };
      },
    ),

    CloneSegment: onExisting(
      segments.target,
      (command) => checkText(command),
      (state, source, command, context) => {
        const name = command.name === undefined ? copyName(state, 'segment', source.name, NAME_LENGTH) : cleanName(command.name);
        const entity = segments.ref({ id: context.newId, name });
        const version = state.versions.get(entityKey('segment', source.id))?.version ?? 0;
        const data = {
          source: { id: source.id, name: source.name, version },
          description: source.description,
          rule: source.rule,
        };
        return segments.noPlace(state, entity, context) ?? [{ type: 'SegmentCloned', entity, data }];
      },
    ),

    ArchiveSegment: segments.archiving('SegmentArchived'),
    RestoreSegment: segments.restoring((was) => ({ type: 'SegmentRestored', entity: segments.ref(was), data: {} })),
  },
  sentence: {
    SegmentCreated: ({ entity, data }) => `created segment ${entityText(entity)}: ${markedRule(data.rule)}`,
    SegmentCloned: ({ entity, data }) => `cloned segment ${entityText({ ...data.source, kind: 'segment' })} as ${entityText(entity)}`,
    SegmentRenamed: segments.words.renamed,
    SegmentDescribed: segments.words.described,
    SegmentRuleChanged: ({ entity, data }) => `changed the rule of segment ${entityText(entity)} to: ${markedRule(data.to)}`,
    SegmentArchived: segments.words.archived,
    SegmentRestored: segments.words.restored,
  },
  changed: {
    SegmentCreated: created,
    SegmentCloned: created,
    SegmentRenamed: changed('name'),
    SegmentDescribed: changed('description'),
    SegmentRuleChanged: changed('rule'),
    SegmentArchived: archived,
    SegmentRestored: restored,
  },
  revert: segments.reverting<Pick<Segment, 'name' | 'description' | 'rule' | 'archived'>>(
    { edit: 'EditSegment', restore: 'RestoreSegment', archive: 'ArchiveSegment' },
    (now, then) => differing('rule', now, then, () => ({ type: 'EditSegment', id: now.id, rule: then.rule })),
  ),
  archive: (item) => ({ type: 'ArchiveSegment', ...item }),
} as const satisfies Concept<'segment', SegmentEvent, SegmentCommand>;
