import { ApolloClient, ApolloLink, HttpLink, InMemoryCache, ServerError } from '@apollo/client';
import { defer, from, retry, tap, throwError } from 'rxjs';
import possibleTypes from '../generated/possible-types';
import { showFirst } from './first-answer';
import { session } from './session';

/** A request that was refused for want of a session. */
class SignedOut extends Error {}

/** GraphQL's answers say it by a code; what stands before the API, by the status alone. */
function isSignedOut(error: unknown): boolean {
  return error instanceof SignedOut || (ServerError.is(error) && error.statusCode === 401);
}

/** What the server refuses for want of a session waits for the sign-in, and is then sent again as it was. */
const afterSignIn = new ApolloLink((operation, forward) =>
  defer(() => forward(operation)).pipe(
    tap(({ errors }) => {
      if (errors?.some(({ extensions }) => extensions?.['code'] === 'UNAUTHENTICATED')) throw new SignedOut();
      session.set('in');
    }),
    retry({
      delay: (error: unknown) => {
        if (!isSignedOut(error)) return throwError(() => error);
        session.set('out');
        return from(session.signedIn());
      },
    }),
  ),
);

interface Page {
  readonly nodes: readonly unknown[];
}

/** Pages of a list are one list. */
const paged = {
  keyArgs: (args: Record<string, unknown> | null) => JSON.stringify(Object.entries(args ?? {}).filter(([name]) => name !== 'after')),
  merge: (existing: Page | undefined, incoming: Page, { args }: { args: Record<string, unknown> | null }) =>
    existing !== undefined && typeof args?.['after'] === 'string'
      ? { ...incoming, nodes: [...existing.nodes, ...incoming.nodes] }
      : incoming,
};

const cache = new InMemoryCache({
  ...possibleTypes,
  typePolicies: {
    Project: { fields: { keys: paged, segments: paged, goals: paged, flags: paged, configs: paged, experiments: paged, history: paged } },
    Query: { fields: { diff: paged, projects: paged, sessions: paged } },
  },
});

export const client = new ApolloClient({
  link: ApolloLink.from([showFirst, afterSignIn, new HttpLink({ uri: '/graphql', credentials: 'same-origin' })]),
  cache,
});
