import { useSyncExternalStore } from 'react';
import { words } from '../words/words';
import { Button, IconButton } from './button';

interface Toast {
  readonly id: number;
  readonly text: string;
  readonly action?: { readonly text: string; readonly run: () => void } | undefined;
}

const SHOWN_MS = 5_000;
/** As long as a thing that was archived can be brought back from here. */
const WITH_ACTION_MS = 10_000;
const MOST = 3;

let toasts: readonly Toast[] = [];
let made = 0;
const listeners = new Set<() => void>();

function change(next: readonly Toast[]) {
  toasts = next;
  listeners.forEach((listener) => listener());
}

function dismiss(id: number) {
  change(toasts.filter((toast) => toast.id !== id));
}

/** Says what this page has done, with a way back where there is one. */
export function toast(text: string, action?: Toast['action']): void {
  made += 1;
  const id = made;
  change([...toasts, { id, text, action }].slice(-MOST));
  setTimeout(() => dismiss(id), action === undefined ? SHOWN_MS : WITH_ACTION_MS);
}

function subscribe(listener: () => void) {
  listeners.add(listener);
  return () => void listeners.delete(listener);
}

export function Toasts() {
  const shown = useSyncExternalStore(subscribe, () => toasts);
  return (
    <div className="toasts" role="status" aria-live="polite" data-react-aria-top-layer="true">
      {shown.map(({ id, text, action }) => (
        <div className="toast" key={id}>
          <span className="text">{text}</span>
          {action === undefined ? null : (
            <Button
              small
              tone="ghost"
              onPress={() => {
                dismiss(id);
                action.run();
              }}
            >
              {action.text}
            </Button>
          )}
          <IconButton small icon="close" label={words.close} onPress={() => dismiss(id)} />
        </div>
      ))}
    </div>
  );
}
