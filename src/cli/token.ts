import { InvalidArgumentError, Option, type Command } from 'commander';
import ms, { type StringValue } from 'ms';
import { ALL_PROJECTS, ROLES, type Role } from '../application/caller';
import {
  GRANTED_PROJECT,
  LONGEST_TOKEN_MS,
  PROJECT_ADVICE,
  SHORTEST_TOKEN_MS,
  SUBJECT,
  SUBJECT_ADVICE,
} from '../application/token-request';
import { checkName, cleanName } from '../domain/text';
import { issueToken } from '../http/tokens';
import { readSettings } from '../settings';
import { localSecret } from './server';
import { CommandFailed, type Terminal } from './verb';

interface Options {
  readonly role: Role[];
  readonly project: string[];
  readonly ttl: number;
  readonly subject: string;
  readonly kind: 'user' | 'service';
  readonly name?: string;
  readonly json?: true;
}

/** Signs a token with the local secret. It works beside a running server, and without one. */
export function tokenVerb(command: Command, terminal: Terminal): void {
  command
    .addOption(new Option('--role <role...>', 'what the bearer may do').choices(ROLES).makeOptionMandatory())
    .requiredOption('--project <id...>', `where: project ids, or "${ALL_PROJECTS}" for every project`, projects)
    .addOption(new Option('--ttl <duration>', 'how long it is valid').argParser(duration).default(duration('30d'), '30d'))
    .option('--subject <id>', "the bearer's id, as it will stand in the ledger for ever: no name, no e-mail address", subject, 'cli')
    .addOption(new Option('--kind <kind>', 'who bears it').choices(['user', 'service']).default('user'))
    .option(
      '--name <text>',
      'what to call the bearer in the dashboard: kept outside the ledger, where `forget-actor` erases it',
      bearerName,
    )
    .option('--json', 'print {"token", "expiresAt"} instead of the token alone')
    .addHelpText('after', '\nExample:\n  experience-ledger token --role creator --project my-app --ttl 12h --subject u-81')
    .action(async (options: Options) => print(options, terminal));
}

async function print({ role, project, ttl, subject, kind, name, json }: Options, terminal: Terminal): Promise<void> {
  const { authentication, dataDir } = readSettings(terminal.environment);
  if (authentication.kind === 'jwks') {
    throw new CommandFailed('AUTH_JWKS_URL is set: tokens come from your identity provider, and one signed here would be refused.');
  }
  const secret = await localSecret(dataDir);
  const expiresAt = new Date(Date.now() + ttl).toISOString();
  const roles = Object.fromEntries(project.map((id) => [id, role]));
  const token = await issueToken(secret.bytes, { subject, kind, name, roles, ttlMs: ttl });
  terminal.out(json ? `${JSON.stringify({ token, expiresAt })}\n` : `${token}\n`);
}

function projects(id: string, before: string[] = []): string[] {
  if (!GRANTED_PROJECT.test(id)) throw new InvalidArgumentError(PROJECT_ADVICE);
  return [...before, id];
}

function duration(text: string): number {
  const milliseconds = /^\d{1,6}\s?[a-z]+$/.test(text) ? ms(text as StringValue) : undefined;
  if (milliseconds === undefined || !(milliseconds >= SHORTEST_TOKEN_MS && milliseconds <= LONGEST_TOKEN_MS)) {
    throw new InvalidArgumentError('Give a duration of 1s to 10y, such as 90s, 12h or 30d.');
  }
  return milliseconds;
}

function subject(id: string): string {
  if (!SUBJECT.test(id)) throw new InvalidArgumentError(`Give ${SUBJECT_ADVICE}.`);
  return id;
}

function bearerName(text: string): string {
  const [problem] = checkName(text, '--name');
  if (problem !== undefined) throw new InvalidArgumentError(`It ${problem.message}.`);
  return cleanName(text);
}
