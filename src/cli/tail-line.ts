import type { Paint } from './plan-text';
import { oneLine } from './visible';

/** A change as the plain feed gives it; what is not shown is left out. */
export interface TailedChange {
  readonly type: string;
  readonly time: string;
  readonly revision: number;
  readonly sentence: string;
  readonly data: { readonly reason?: string };
}

/** One line for a terminal. Names and reasons are anybody's words: what could steer a terminal, or begin another line, is shown as what it is. */
export function changeLine({ type, time, revision, sentence, data }: TailedChange, paint: Paint): string {
  const color = /(Created|Cloned|Restored)$/.test(type) ? 'green' : /Archived$/.test(type) ? 'red' : 'yellow';
  const reason = data.reason === undefined ? '' : ` ${paint('dim', `(${oneLine(data.reason)})`)}`;
  return `${paint('dim', `${time} #${revision}`)} ${paint(color, oneLine(sentence))}${reason}`;
}
