import { verbs } from '../../src/cli/verbs';
import { run } from '../../src/cli/program';

export interface Printed {
  readonly code: number;
  readonly out: string;
  readonly err: string;
}

/** What a slow machine prints on the way, and a fast one does not: no test is about how long something takes. */
const PROGRESS = /^(checking|importing|copying|verifying|verifying the copy|verified|exported)[: ].*\n$/;

/** Types command lines with this environment, and reads what they print, but for progress. */
export const typingIn =
  (environment: Readonly<Record<string, string>>, colors = false) =>
  async (...line: string[]): Promise<Printed> => {
    const printed = { out: '', err: '' };
    const terminal = {
      environment,
      colors,
      out: (text: string) => void (printed.out += text),
      err: (text: string) => void (printed.err += PROGRESS.test(text) ? '' : text),
    };
    return { code: await run(line, verbs, terminal, '1.2.3'), ...printed };
  };
