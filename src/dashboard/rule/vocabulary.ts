import { NO_VOCABULARY, type Vocabulary } from './builder-context';

/** What the project's rules and goals use already, and the reserved properties. */
export function useVocabulary(): Vocabulary {
  return NO_VOCABULARY;
}
