import { createContext } from 'react';
import type { Option } from '../ui/choice';

/** Names that are in use already, to choose from. */
export interface Vocabulary {
  readonly events: readonly Option<string>[];
  readonly properties: readonly Option<string>[];
}

export interface Builder {
  /** What the server refuses, by the part that it is about. */
  readonly problems: ReadonlyMap<string, readonly string[]>;
  readonly vocabulary: Vocabulary;
}

export const NO_VOCABULARY: Vocabulary = { events: [], properties: [] };

export const BuilderContext = createContext<Builder>({ problems: new Map(), vocabulary: NO_VOCABULARY });
