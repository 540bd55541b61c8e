import { ApolloClient, gql as apolloGql, HttpLink, InMemoryCache } from '@apollo/client';
import { Client, fetchExchange } from '@urql/core';
import { cacheExchange } from '@urql/exchange-graphcache';
import {
  commitMutation,
  createOperationDescriptor,
  Environment,
  fetchQuery,
  Network,
  RecordSource,
  Store,
  type ConcreteRequest,
} from 'relay-runtime';
import type { Stack } from '../fixtures/stack';
import type { Scenario } from './scenarios';

/** A client with nothing set but where the server is. */
export interface CachingClient {
  /** What it gives for a document that it sends. */
  ask(scenario: Pick<Scenario, 'kind' | 'text' | 'variables'>): Promise<unknown>;
  /** What its cache gives for a query that was sent. */
  read(scenario: Pick<Scenario, 'text' | 'variables'>): Promise<unknown>;
}

interface Body {
  readonly query: string;
  readonly variables?: Readonly<Record<string, unknown>>;
}

/** In place of HTTP. */
const fetchFrom = (stack: Stack): typeof fetch => {
  return async (_url, init) => {
    const { query, variables } = JSON.parse(String(init?.body)) as Body;
    return Response.json(await stack.run(query, variables));
  };
};

const URL = 'http://shop.test/graphql';

export function apollo(stack: Stack): CachingClient {
  const client = new ApolloClient({ link: new HttpLink({ uri: URL, fetch: fetchFrom(stack) }), cache: new InMemoryCache() });
  return {
    async ask({ kind, text, variables = {} }) {
      const document = apolloGql(text);
      const { data } =
        kind === 'query' ? await client.query({ query: document, variables }) : await client.mutate({ mutation: document, variables });
      return data;
    },
    read: ({ text, variables = {} }) => Promise.resolve(client.readQuery({ query: apolloGql(text), variables })),
  };
}

export function urql(stack: Stack): CachingClient {
  const client = new Client({ url: URL, preferGetMethod: false, fetch: fetchFrom(stack), exchanges: [cacheExchange(), fetchExchange] });
  return {
    async ask({ kind, text, variables = {} }) {
      const { data, error } =
        kind === 'query' ? await client.query(text, variables).toPromise() : await client.mutation(text, variables).toPromise();
      if (error) throw error;
      return data as unknown;
    },
    async read({ text, variables = {} }) {
      const { data } = await client.query(text, variables, { requestPolicy: 'cache-only' }).toPromise();
      return data as unknown;
    },
  };
}

/** `compiled`: what relay-compiler makes of an operation. */
export function relay(stack: Stack, compiled: (text: string) => ConcreteRequest): CachingClient {
  const fetchText = fetchFrom(stack);
  const network = Network.create(async ({ text }, variables) => {
    const response = await fetchText(URL, { body: JSON.stringify({ query: text, variables }) });
    return (await response.json()) as never;
  });
  const environment = new Environment({ network, store: new Store(new RecordSource()) });
  return {
    async ask({ kind, text, variables = {} }) {
      if (kind === 'query') return fetchQuery(environment, compiled(text), variables).toPromise();
      return new Promise((resolve, reject) => {
        commitMutation(environment, { mutation: compiled(text), variables, onCompleted: resolve, onError: reject });
      });
    },
    read({ text, variables = {} }) {
      return Promise.resolve(environment.lookup(createOperationDescriptor(compiled(text), variables).fragment).data);
    },
  };
}
