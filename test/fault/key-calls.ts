import { timed } from '../fixtures/elapsed';
import { eventually } from '../fixtures/eventually';
import { mutate, type Reply } from './client';
import type { Member } from './member';

/** What the instance shows of a project's keys, or why it does not. */
export interface ShownKeys {
  readonly names: readonly string[];
  readonly staleSince: string | null;
  readonly code: string | undefined;
}

const KEYS = `query ($projectId: ID!, $atLeast: Cursor) {
  keys(projectId: $projectId, atLeast: $atLeast, first: 100) { staleSince nodes { name description } }
}`;

export function createKey(member: Member, projectId: string, name: string): Promise<Reply> {
  return mutate(member.address, 'createKey', 'CreateKeyInput', 'Key', { projectId, name, type: 'NUMBER', defaultValue: 3 }, 'name');
}

export function describeKey(member: Member, projectId: string, name: string, description: string): Promise<Reply> {
  return mutate(member.address, 'editKey', 'EditKeyInput', 'Key', { projectId, name, description }, 'name');
}

/** The first 100, each as `name` or `name: description`. */
export async function shownKeys(member: Member, projectId: string, atLeast?: string): Promise<ShownKeys> {
  const answer = await member.ask(KEYS, { projectId, atLeast });
  const page = answer?.data?.['keys'] as { staleSince: string | null; nodes: { name: string; description: string }[] } | undefined;
  const names = (page?.nodes ?? []).map(({ name, description }) => (description === '' ? name : `${name}: ${description}`));
  return { names, staleSince: page?.staleSince ?? null, code: answer?.errors?.[0]?.extensions?.code };
}

/** Creates keys until the answer is the document: then someone projects. Answers how long it took, in milliseconds. */
export async function untilShown(member: Member, prefix: string): Promise<number> {
  let count = 0;
  const shown = eventually('a mutation is answered with the document', async () => {
    const reply = await createKey(member, 'shop', `${prefix}_${(count += 1)}`);
    if (reply.kind !== 'done') throw new Error(JSON.stringify(reply));
    return reply.version !== undefined;
  });
  return (await timed(shown)).ms;
}
