import type { AltairConfigOptions } from 'altair-static';
import { EXPLORER_MUTATION, EXPLORER_QUERY } from './first-steps';

/** The name of the variable that both windows take the token from. */
const VARIABLE = 'token';

const HINT = `# The token is the variable \`${VARIABLE}\` of the environment (at the top right), for all windows.
# A new one: bin/experience-ledger token --role admin --project '*'
`;

const headers = { Authorization: `Bearer {{${VARIABLE}}}` };

const OPTIONS = {
  endpointURL: '/graphql',
  // Over SSE the headers go along, and with them the token.
  subscriptionsEndpoint: '/graphql',
  initialSubscriptionRequestHandlerId: 'graphql-sse',
  initialWindows: [
    { initialName: 'First query', initialQuery: HINT + EXPLORER_QUERY, initialHeaders: headers },
    // The last one is the one in front.
    { initialName: 'First mutation', initialQuery: HINT + EXPLORER_MUTATION, initialHeaders: headers },
  ],
  initialHeaders: headers,
  disableAccount: true,
  // Nothing is kept beyond the browser's tab, and the token least of all.
  preserveState: false,
  persistedSettings: { 'banners.disable': true, 'alert.disableUpdateNotification': true },
} satisfies AltairConfigOptions;

/**
 * A script that opens the explorer with a token: the one behind `#token=` in the page's address, which no browser sends to a server, or the one that the
 * tab had before; or with the session of a browser that is signed in; or with the token that is pasted when it asks.
 */
export function explorerOptions(): string {
  return `(async () => {
  const KEPT = 'experience-ledger-token';
  const given = new URLSearchParams(location.hash.slice(1)).get('token');
  if (given) {
    sessionStorage.setItem(KEPT, given);
    history.replaceState(null, '', location.pathname + location.search);
  }
  const ask = () => {
    const pasted = (prompt("A token for the explorer. A new one: bin/experience-ledger token --role admin --project '*'") || '').trim();
    if (pasted) sessionStorage.setItem(KEPT, pasted);
    return pasted;
  };
  const isSignedIn = async () => {
    const answer = await fetch('/session').catch(() => undefined);
    return answer !== undefined && answer.ok && (await answer.json()).session !== null;
  };
  const kept = sessionStorage.getItem(KEPT);
  const bySession = !kept && (await isSignedIn());
  const token = kept || (bySession ? '' : ask());
  const options = ${JSON.stringify(OPTIONS, null, 2)};
  if (bySession) for (const each of [options, ...options.initialWindows]) each.initialHeaders = {};
  const initialEnvironments = { base: { title: 'Token', variables: { ${VARIABLE}: token } } };
  AltairGraphQL.init({ ...options, initialEnvironments });
})();
`;
}
