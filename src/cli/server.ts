import type { Command } from 'commander';
import { ALL_PROJECTS } from '../application/caller';
import { issueToken, readSecret, secretFile, type Secret } from '../http/tokens';
import { readSettings } from '../settings';
import { CommandFailed, type Terminal } from './verb';

/** A running server, and what lets one in. */
export interface Server {
  readonly url: string;
  readonly token: string;
}

export interface ServerOptions {
  readonly url?: string;
  readonly token?: string;
}

/** As long as one command may sensibly take. */
const TOKEN_TTL_MS = 10 * 60_000;
const THIS_MACHINE = /^(localhost|127(\.\d+){3}|\[::1\])$/;

/** The options by which a verb finds its server. */
export function withServer(command: Command): Command {
  return command
    .option('--url <url>', 'the server; otherwise LEDGER_URL, or that of HOST and PORT')
    .option('--token <token>', 'a bearer token; otherwise LEDGER_TOKEN, or one signed with the local secret in DATA_DIR');
}

/**
 * The server that is meant. Without a token of the caller's own, one is signed with this machine's secret, for this machine's server alone: sent
 * elsewhere it would tell others how to be admin here.
 */
export async function serverOf(environment: Terminal['environment'], given: ServerOptions = {}, subject = 'cli'): Promise<Server> {
  const { host, port, dataDir, authentication } = readSettings(environment);
  const url = (given.url ?? filled(environment['LEDGER_URL']) ?? `http://${reachable(host)}:${port}`).replace(/\/+$/, '');
  if (!URL.canParse(url) || !/^https?:$/.test(new URL(url).protocol)) {
    throw new CommandFailed(`"${url}" is no server's URL: give one such as http://127.0.0.1:4000`);
  }
  const token = given.token ?? filled(environment['LEDGER_TOKEN']);
  if (token !== undefined) return { url, token };
  if (authentication.kind === 'jwks')
    throw new CommandFailed('Tokens come from your identity provider: give one with --token or LEDGER_TOKEN.');
  if (!THIS_MACHINE.test(new URL(url).hostname)) throw new CommandFailed(`Give a token for ${url} with --token or LEDGER_TOKEN.`);
  const { bytes } = await localSecret(dataDir, ', or give a token with --token');
  return { url, token: await issueToken(bytes, { subject, kind: 'service', roles: { [ALL_PROJECTS]: ['admin'] }, ttlMs: TOKEN_TTL_MS }) };
}

const filled = (value: string | undefined): string | undefined => (value === undefined || value.trim() === '' ? undefined : value.trim());

/** The host under which a server can be reached that listens on this one. */
function reachable(host: string): string {
  if (host === '0.0.0.0' || host === '::') return '127.0.0.1';
  return host.includes(':') ? `[${host}]` : host;
}

/** The secret that the server in this data directory signs with. `instead`: what else can be done where there is none. */
export async function localSecret(dataDir: string, instead = ''): Promise<Secret> {
  return readSecret(dataDir).catch((error: NodeJS.ErrnoException) => {
    if (error.code !== 'ENOENT') throw new CommandFailed(error.message);
    throw new CommandFailed(
      `There is no secret in ${secretFile(dataDir)}. Start the server once, or set DATA_DIR to where it keeps its data${instead}.`,
    );
  });
}
