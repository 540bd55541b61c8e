import type { Checkpoint } from '../read-model/read-model';
import type { FilterRequest } from './filter';
import type { ReadEvents } from './page-cache';
import type { Ended } from './item';
import type { FeedObserver } from './subscriber';
import type { RingLimits } from './ring';
import type { Wish } from './start';

export interface FeedOptions {
  readonly read: ReadEvents;
  /** Where the read model of a project stands; undefined: it shows no such project. */
  readonly checkpoint: (projectId: string) => Promise<Checkpoint | undefined>;
  /** The same as far as it is known without asking: of the generation that is read now. */
  readonly shown: (projectId: string) => Checkpoint | undefined;
  /** After so many milliseconds without an event a subscriber gets a heartbeat. */
  readonly heartbeatMs: number;
  /** How long a subscriber may leave unread what there is, in milliseconds. */
  readonly stallMs: number;
  /** How many may follow at once, in all and with one token. */
  readonly subscriptions: { readonly all: number; readonly perOwner: number };
  readonly ring?: RingLimits;
  readonly observer?: FeedObserver;
}

/** Without `after` and `fromStart`: from what queries show now. */
export interface Following extends FilterRequest, Wish {
  /** Whose limit it counts towards. */
  readonly owner: string;
  /** When the owner's right to it ends, in UTC milliseconds. */
  readonly expiresAt: number;
  /** Called at once when the feed ends it, also if the items are not taken. */
  readonly onEnded?: (ended: Ended) => void;
}
