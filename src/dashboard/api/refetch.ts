import type { DocumentNode } from 'graphql';
import { OneProjectDocument, OverviewDocument, SettingsDocument } from '../generated/operations';
import { client } from './client';
import { isPaged, KINDS } from './kinds';
import type { FeedItem } from './live';

/** Lists are asked for once for all the changes that come within this time. */
const TOGETHER_MS = 150;

/** Events after which a list has other things in it. */
const MEMBERSHIP = /(?:Created|Cloned|Archived|Restored)$/;

/** The one place that turns what happened into a question for that one thing, and for the lists that it stands in. */
export class Refetch {
  private readonly waiting = new Set<DocumentNode>();
  private timer: ReturnType<typeof setTimeout> | undefined;

  constructor(private readonly project: string) {}

  /** Asks for what the item is about. */
  async item(item: FeedItem): Promise<void> {
    if (item.__typename !== 'Change') return;
    const { event, cursor } = item;
    const { kind, entityId, nodeId } = event.entity;
    if (!isPaged(kind)) return this.soon(SettingsDocument, OneProjectDocument);
    const { one, list, uses } = KINDS[kind];
    if (MEMBERSHIP.test(event.type)) this.soon(list);
    this.soon(OverviewDocument, ...uses.map((used) => KINDS[used].list));
    const id = kind === 'KEY' ? entityId : nodeId;
    await client.query({ query: one, variables: { project: this.project, id, atLeast: cursor }, fetchPolicy: 'network-only' });
  }

  stop(): void {
    clearTimeout(this.timer);
  }

  private soon(...documents: readonly DocumentNode[]): void {
    documents.forEach((document) => this.waiting.add(document));
    this.timer ??= setTimeout(() => void this.flush(), TOGETHER_MS);
  }

  private async flush(): Promise<void> {
    this.timer = undefined;
    const shown = [...client.getObservableQueries('active')].filter(({ query }) => this.waiting.has(query));
    this.waiting.clear();
    await Promise.all(shown.map((query) => query.refetch()));
  }
}
