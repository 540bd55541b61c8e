import type { DocumentNode } from 'graphql';
import { bytesOf, tokensOf } from './documents';

/** What a document may have that is subscribed with: it is kept as long as its subscription. */
export const SUBSCRIPTION_TOKENS = 300;
export const SUBSCRIPTION_CHARACTERS = 16_384;
/** What all such documents take, each counted once, in bytes. */
export const HELD_BYTES = 64 * 2 ** 20;

/** Why a document cannot be subscribed with, in words; undefined: it can. */
export function subscriptionProblem(document: DocumentNode): string | undefined {
  if (tokensOf(document) <= SUBSCRIPTION_TOKENS && (document.loc?.end ?? 0) <= SUBSCRIPTION_CHARACTERS) return undefined;
  return `A document that is subscribed with has at most ${SUBSCRIPTION_TOKENS} tokens and ${SUBSCRIPTION_CHARACTERS} characters. Ask for less.`;
}

/** The documents of subscriptions that are open, whatever the cache of documents keeps. */
export class HeldDocuments {
  private readonly holders = new Map<DocumentNode, number>();
  private bytes = 0;

  /** Answers how to release it; undefined: there is no room. */
  hold(document: DocumentNode): (() => void) | undefined {
    const holders = this.holders.get(document) ?? 0;
    const bytes = bytesOf(document);
    if (holders === 0) {
      if (this.bytes + bytes > HELD_BYTES) return undefined;
      this.bytes += bytes;
    }
    this.holders.set(document, holders + 1);
    let held = true;
    return () => {
      if (!held) return;
      held = false;
      const left = (this.holders.get(document) ?? 1) - 1;
      if (left > 0) return void this.holders.set(document, left);
      this.holders.delete(document);
      this.bytes -= bytes;
    };
  }
}
