/** Stands for no segment, since an option needs an id. */
export const EVERYONE = 'everyone';

export function segmentInput(id: string): string | null {
  return id === EVERYONE ? null : id;
}
