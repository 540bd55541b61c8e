import type { EndCode } from './item';

/** Is called after something has happened. Must not throw. */
export interface FeedObserver {
  sent?(): void;
  /** History could not be read. */
  failed?(error: unknown): void;
  /** `LEFT`: it was the subscriber who went. */
  closed?(reason: EndCode | 'LEFT'): void;
}
