import { verbs } from '../../src/cli';
import { run } from '../../src/cli/program';

export interface Printed {
  readonly code: number;
  readonly out: string;
  readonly err: string;
}

/** Types command lines with this environment, and reads what they print. */
export const typingIn =
  (environment: Readonly<Record<string, string>>, colors = false) =>
  async (...line: string[]): Promise<Printed> => {
    const printed = { out: '', err: '' };
    const terminal = {
      environment,
      colors,
      out: (text: string) => void (printed.out += text),
      err: (text: string) => void (printed.err += text),
    };
    return { code: await run(line, verbs, terminal, '1.2.3'), ...printed };
  };
