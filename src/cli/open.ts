import type { Command } from 'commander';
import { signInLink } from '../http/first-steps';
import { SessionSigner } from '../http/session/session-signer';
import { readSettings } from '../settings';
import { localSecret } from './server';
import { CommandFailed, type Terminal } from './verb';

/** Prints a link that opens the dashboard once, signed in as an admin of everything. It works beside a running server. */
export function openVerb(command: Command, terminal: Terminal): void {
  command
    .option('--url <url>', 'where the server is (default: PUBLIC_URL, or HOST and PORT)')
    .option('--json', 'print {"link", "expiresInSeconds"} instead of the link alone')
    .action(async ({ url, json }: { url?: string; json?: true }) => {
      const { authentication, dataDir, host, port, publicUrl } = readSettings(terminal.environment);
      if (authentication.kind === 'jwks') {
        throw new CommandFailed('AUTH_JWKS_URL is set: browsers sign in at your identity provider, and this server signs no links.');
      }
      const { bytes } = await localSecret(dataDir);
      const origin = originOf(url) ?? publicUrl?.origin ?? `http://${localName(host)}:${port}`;
      const link = signInLink(origin, await new SessionSigner(bytes).issueCode());
      terminal.out(json ? `${JSON.stringify({ link, expiresInSeconds: 15 * 60 })}\n` : `${link}\n`);
    });
}

function originOf(url: string | undefined): string | undefined {
  if (url === undefined) return undefined;
  if (URL.canParse(url) && /^https?:/.test(url)) return new URL(url).origin;
  throw new CommandFailed(`--url is ${JSON.stringify(url)}, which is no address such as https://ledger.example.com.`);
}

/** An address that a browser on this machine can open. */
function localName(host: string): string {
  if (host === '0.0.0.0' || host === '::') return 'localhost';
  return host.includes(':') ? `[${host}]` : host;
}
