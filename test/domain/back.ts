import { contentOf } from '../../projections/stamp';
import type { EntityKind } from '../../src/domain/event';
import { apply, EMPTY_PROJECT } from '../../src/domain/decider';
import { entitiesOf, type ProjectState } from '../../src/domain/project-state';
import type { Revert, RevertTarget } from '../../src/domain/revert';
import type { Ledger } from '../fixtures/ledger';

/** A thing as the domain holds it; undefined: there is none. */
export function held(state: ProjectState, kind: EntityKind, id: string): object | undefined {
  if (kind === 'project') return state.project;
  if (kind === 'exclusivity') return { enabled: state.exclusivity };
  return entitiesOf(state, kind).get(id);
}

/** The thing as it was at the version, folded from the events alone. */
export function heldAt(ledger: Ledger, kind: EntityKind, id: string, version: number): object | undefined {
  const next = ledger.events.find((event) => event.entity.kind === kind && event.entity.id === id && event.version > version);
  return held(ledger.events.slice(0, next?.revision).reduce(apply, EMPTY_PROJECT), kind, id);
}

/** The command that brings it back to that version. */
export function back(ledger: Ledger, kind: EntityKind, id: string, toVersion: number, expectedVersion?: number): Revert {
  const was = heldAt(ledger, kind, id, toVersion);
  const target = { kind, id, content: was ? contentOf(was) : null } as unknown as RevertTarget;
  return { type: 'Revert', target, toVersion, ...(expectedVersion === undefined ? {} : { expectedVersion }) };
}

/** What a revert is about: not the status but for being archived, not what happened to a test, and rows by what they say, since ids may be new. */
export function editable(thing: object | null | undefined): object {
  const {
    status,
    archivedFrom: _from,
    started: _started,
    intakes: _intakes,
    rolledOut: _out,
    exclusive: _x,
    ...rest
  } = contentOf(thing ?? {});
  const {
    rows,
    variants,
    type: _type,
    key: _key,
    ...plain
  } = rest as { rows?: readonly object[]; variants?: readonly object[] } & Record<string, unknown>;
  const { name, ...others } = plain;
  const said = (list: readonly object[] | undefined) => list?.map((row) => ({ ...row, id: undefined }));
  return {
    ...others,
    name: name ?? null,
    archived: plain['archived'] ?? status === 'ARCHIVED',
    rows: said(rows),
    variants: said(variants),
  };
}
