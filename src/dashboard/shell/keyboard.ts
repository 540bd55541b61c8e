import { useEffect, useRef } from 'react';

/** What one key does, by what is written on it. */
export type KeyMap = Readonly<Record<string, (() => void) | undefined>>;

function isTyping(target: EventTarget | null): boolean {
  return target instanceof HTMLElement && target.closest('input, textarea, select, [contenteditable], .code-editor') !== null;
}

/** Single keys for the page as a whole: none while text is being typed or a dialog is open. */
export function useKeys(map: KeyMap): void {
  const latest = useRef(map);
  latest.current = map;
  useEffect(() => {
    const press = (event: KeyboardEvent) => {
      const command = (event.ctrlKey || event.metaKey) && event.key.toLowerCase() === 'k';
      const name = command ? 'Ctrl+k' : event.key;
      const act = latest.current[name];
      if (act === undefined || event.defaultPrevented) return;
      if (!command && (event.ctrlKey || event.metaKey || event.altKey || isTyping(event.target))) return;
      if (!command && document.querySelector('.overlay') !== null) return;
      event.preventDefault();
      act();
    };
    window.addEventListener('keydown', press);
    return () => window.removeEventListener('keydown', press);
  }, []);
}

/** `j` and `k` go from row to row, `/` to the search field. */
export const ROW_LINK = 'a.open';
export function moveRow(by: 1 | -1): void {
  const rows = [...document.querySelectorAll<HTMLElement>(`.main ${ROW_LINK}`)];
  const at = rows.indexOf(document.activeElement as HTMLElement);
  const next = at === -1 ? rows[0] : rows[at + by];
  next?.focus();
  next?.scrollIntoView({ block: 'nearest' });
}
export function toSearch(): void {
  document.querySelector<HTMLElement>('.main .search input')?.focus();
}
export function openRow(): void {
  const row = document.activeElement;
  if (row instanceof HTMLElement && row.matches(ROW_LINK)) row.click();
}
