import type { DocumentNode } from 'graphql';
import { OneProjectDocument, OverviewDocument, SettingsDocument } from '../generated/operations';
import { client } from './client';
import { isPaged, KINDS } from './kinds';
import type { FeedItem } from './live';
import { operationName } from './operation';

/** Lists are asked for once for all the changes that come within this time. */
const TOGETHER_MS = 150;

/** Events after which a list has other things in it. */
const MEMBERSHIP = /(?:Created|Cloned|Archived|Restored)$/;

/** The one place that turns what happened into a question for that one thing, and for the lists that it stands in. */
export class Refetch {
  /** By the names of their operations: a client's own documents are not the ones that it was given. */
  private readonly waiting = new Set<string | undefined>();
  private timer: ReturnType<typeof setTimeout> | undefined;
  /** Whether what is shown of the project has stopped. */
  private parked = false;

  constructor(private readonly project: string) {}

  /** Asks for what the item is about. */
  async item(item: FeedItem): Promise<void> {
    const parked = item.__typename === 'Parked';
    if (parked !== this.parked) this.soon(OneProjectDocument);
    this.parked = parked;
    if (item.__typename !== 'Change') return;
    const { event, cursor } = item;
    const { kind, nodeId: id } = event.entity;
    this.soon(OverviewDocument);
    if (!isPaged(kind)) return this.soon(SettingsDocument, OneProjectDocument);
    const { one, list, uses } = KINDS[kind];
    if (MEMBERSHIP.test(event.type)) this.soon(list);
    this.soon(...uses.flatMap((used) => [KINDS[used].list, KINDS[used].one]));
    await client.query({ query: one, variables: { project: this.project, id, atLeast: cursor }, fetchPolicy: 'network-only' });
  }

  stop(): void {
    clearTimeout(this.timer);
  }

  private soon(...documents: readonly DocumentNode[]): void {
    documents.forEach((document) => this.waiting.add(operationName(document)));
    this.timer ??= setTimeout(() => void this.flush(), TOGETHER_MS);
  }

  private async flush(): Promise<void> {
    this.timer = undefined;
    const shown = [...client.getObservableQueries('active')].filter(({ queryName }) => this.waiting.has(queryName));
    this.waiting.clear();
    // One that is no longer shown is aborted, and one that fails shows its own error.
    await Promise.allSettled(shown.map((query) => query.refetch()));
  }
}
