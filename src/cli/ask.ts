import type { Server } from './server';
import { CommandFailed } from './verb';

interface Answer<Data> {
  readonly data?: Data | null;
  readonly errors?: readonly { readonly message: string; readonly extensions?: { readonly code?: string } }[];
}

/** The server answered with errors. */
class AnsweredErrors extends CommandFailed {
  constructor(readonly errors: NonNullable<Answer<unknown>['errors']>) {
    super(errors.map(({ message }) => message).join('\n'));
  }
}

/** undefined: the server answered that the project is not there. */
export async function ifThere<Data>(asked: Promise<Data>): Promise<Data | undefined> {
  try {
    return await asked;
  } catch (error) {
    if (error instanceof AnsweredErrors && error.errors.every(({ extensions }) => extensions?.code === 'NOT_FOUND')) return undefined;
    throw error;
  }
}

/** What the server takes by default (BODY_LIMIT). */
const DEFAULT_BODY_BYTES = 1_048_576;

/** Sends one GraphQL operation. Whatever keeps it from being answered is a `CommandFailed` that says what to do; a refusal is an answer. */
export async function ask<Data>({ url, token }: Server, query: string, variables: object): Promise<Data> {
  const body = JSON.stringify({ query, variables });
  const response = await fetch(`${url}/graphql`, {
    method: 'POST',
    headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json', accept: 'application/graphql-response+json' },
    body,
  }).catch((error: Error) => {
    throw new CommandFailed(unreachable(url, error, Buffer.byteLength(body)), { cause: error });
  });
  const answer = await response.json().then(
    (json) => json as Answer<Data>,
    (): Answer<Data> => ({ errors: [{ message: `${url} answered ${response.status}, and not as an Experience Ledger does` }] }),
  );
  if (response.status === 413) throw new CommandFailed(tooMuch(Buffer.byteLength(body), answer.errors?.[0]?.message));
  if (answer.errors !== undefined) throw new AnsweredErrors(answer.errors);
  if (answer.data === undefined || answer.data === null) throw new CommandFailed(`${url} answered nothing`);
  return answer.data;
}

/** Has an operator's mutation carried out, and answers what `done` selects of it. A refusal is a `CommandFailed` with its reason. */
export async function carryOut<Done extends object>(server: Server, mutation: string, done: string): Promise<Done> {
  const query = `mutation { result: ${mutation} { ... on Refusal { refused: message } ${done} } }`;
  const { result } = await ask<{ result: Done | { readonly refused: string } }>(server, query, {});
  if ('refused' in result) throw new CommandFailed(result.refused);
  return result;
}

function unreachable(url: string, error: Error, bytes: number): string {
  const { code, message } = (error.cause ?? error) as NodeJS.ErrnoException;
  if (code === 'ECONNREFUSED') {
    return `There is no server at ${url}. Start one with "experience-ledger start", in another terminal, or say with --url where it is.`;
  }
  // A server that will not read so much may close before all of it has been sent.
  if (bytes > DEFAULT_BODY_BYTES) return tooMuch(bytes, `${url} ended the connection (${message})`);
  return `${url} cannot be reached: ${message}`;
}

function tooMuch(bytes: number, said = 'it is more than the server takes'): string {
  return `The file makes a request of ${bytes} bytes: ${said}. Split the file, or start the server with a larger BODY_LIMIT (${DEFAULT_BODY_BYTES} unless it is set).`;
}
