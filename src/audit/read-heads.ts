import { isGenuine, parseSignedHead } from './signed-head';
import type { CheckingKey } from './signing-key';
import { KnownHeads } from './known-heads';

/** What is wrong with a file of signed heads, line by line. */
export interface LineProblem {
  readonly line: number;
  readonly message: string;
}

export interface HeadsRead {
  readonly knownHeads: KnownHeads;
  /** How many lines hold a head that one of the keys has signed. */
  readonly genuine: number;
  readonly problems: readonly LineProblem[];
}

const MOST_PROBLEMS = 20;

/** Reads signed heads, one a line, and keeps those whose key is trusted, to compare a history with them. `only`: of one project. */
export async function readHeads(lines: AsyncIterable<string>, keys: readonly CheckingKey[], only?: string): Promise<HeadsRead> {
  const knownHeads = new KnownHeads('its head was signed');
  const problems: LineProblem[] = [];
  let [at, genuine] = [0, 0];
  for await (const line of lines) {
    at += 1;
    if (line.trim() === '') continue;
    const message = problemOf(line);
    if (message !== undefined && problems.length < MOST_PROBLEMS) problems.push({ line: at, message });
  }
  return { knownHeads, genuine, problems };

  function problemOf(line: string): string | undefined {
    const head = parseSignedHead(line);
    if (head === undefined) return 'this is not a signed head: it was cut off or changed, or never was one';
    const key = keys.find(({ id }) => id === head.keyId);
    if (key === undefined) return `this head was signed with the key ${head.keyId}, whose public key was not given`;
    if (!isGenuine(head, key)) return `the signature is not good: what the line says is not what was signed`;
    genuine += 1;
    if (only !== undefined && head.projectId !== only) return undefined;
    return knownHeads.add(head)?.message;
  }
}
