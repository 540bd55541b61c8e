import type { Envelope } from '../../src/domain/event';
import type { Projection } from '../../src/read-model/projection';
import type { Document } from '../../src/read-model/read-model';

/** The revisions of each key, so that an event skipped, applied twice or out of order is visible. */
export const keys: Projection<Document | undefined> = {
  collection: 'keys',
  touches: (event) => [event.entity.id],
  open,
  evolve: grown,
  close,
  index,
};

/** The same for the whole project, so that one event changes documents of two collections. */
export const projectRevisions: Projection<Document | undefined> = {
  collection: 'revisions',
  touches: () => ['all'],
  open,
  evolve: grown,
  close,
  index,
};

export const COLLECTIONS = ['keys', 'revisions'];

function open(document: Document | undefined): Document | undefined {
  return document;
}

function close(document: Document | undefined): Document {
  return document!;
}

function grown(document: Document | undefined, event: Envelope): Document {
  const revisions = (document?.revisions ?? []) as number[];
  return { name: event.entity.id, created: revisions[0] ?? event.revision, revisions: [...revisions, event.revision], last: event.hash };
}

function index(document: Document) {
  const revisions = document.revisions as number[];
  const name = document.name as string;
  return {
    name,
    created: document.created as number,
    updated: revisions.at(-1)!,
    archived: false,
    text: name,
    tags: [`last:${revisions.at(-1)}`],
  };
}

/** A projection like `keys` that cannot take the events which `broken` names, until it no longer does. */
export function fragile(broken: (event: Envelope) => boolean): typeof keys {
  return {
    ...keys,
    evolve(document, event) {
      if (broken(event)) throw new Error(`cannot read ${event.type}`);
      return grown(document, event);
    },
  };
}
