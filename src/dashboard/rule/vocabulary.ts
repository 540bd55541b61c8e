import { useQuery } from '@apollo/client/react';
import { useMemo } from 'react';
import { VocabularyDocument } from '../generated/operations';
import { useProject } from '../shell/project';
import { NO_VOCABULARY, type Vocabulary } from './builder-context';

/** What the project's rules and goals use already, and the reserved properties. */
export function useVocabulary(): Vocabulary {
  const { id: project } = useProject();
  const { data } = useQuery(VocabularyDocument, { variables: { project }, fetchPolicy: 'cache-and-network' });
  const found = data?.vocabulary;
  return useMemo(() => {
    if (found === undefined || found === null) return NO_VOCABULARY;
    return {
      events: found.events.map(({ name }) => ({ id: name, text: name })),
      properties: found.properties.map(({ name, words }) => ({ id: name, text: name, note: words ?? undefined })),
    };
  }, [found]);
}
