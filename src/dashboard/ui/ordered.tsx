import { useRef, useState, type DragEvent, type KeyboardEvent, type ReactNode } from 'react';
import { experienceWords as text } from '../words/experiences';
import { IconButton } from './button';
import { Icon } from './icons';

interface OrderedProps<T> {
  readonly items: readonly T[];
  readonly keyOf: (item: T) => string;
  readonly onChange: (items: readonly T[]) => void;
  readonly render: (item: T, at: number) => ReactNode;
}

export function moved<T>(items: readonly T[], from: number, to: number): readonly T[] {
  if (to < 0 || to >= items.length || from === to) return items;
  const rest = items.filter((_, at) => at !== from);
  return [...rest.slice(0, to), items[from] as T, ...rest.slice(to)];
}

/** Rows whose order means something: moved by dragging, by buttons, and by Alt and the arrow keys. */
export function Ordered<T>({ items, keyOf, onChange, render }: OrderedProps<T>) {
  const [dragged, setDragged] = useState<number>();
  const list = useRef<HTMLOListElement>(null);
  const move = (from: number, to: number) => {
    onChange(moved(items, from, to));
    // The row keeps the focus where it goes.
    requestAnimationFrame(() => list.current?.querySelectorAll<HTMLElement>('.handle')[to]?.focus());
  };
  const keys = (event: KeyboardEvent, at: number) => {
    if (!event.altKey || (event.key !== 'ArrowUp' && event.key !== 'ArrowDown')) return;
    event.preventDefault();
    move(at, event.key === 'ArrowUp' ? at - 1 : at + 1);
  };
  const over = (event: DragEvent, at: number) => {
    event.preventDefault();
    if (dragged === undefined || dragged === at) return;
    onChange(moved(items, dragged, at));
    setDragged(at);
  };
  return (
    <ol className="ordered" ref={list}>
      {items.map((item, at) => (
        <li
          key={keyOf(item)}
          data-dragged={dragged === at ? true : undefined}
          onDragOver={(event) => over(event, at)}
          onDrop={(event) => event.preventDefault()}
        >
          <button
            type="button"
            className="handle"
            draggable
            aria-label={text.drag(at + 1)}
            onKeyDown={(event) => keys(event, at)}
            onDragStart={(event) => {
              event.dataTransfer.setData('text/plain', String(at));
              event.dataTransfer.effectAllowed = 'move';
              setDragged(at);
            }}
            onDragEnd={() => setDragged(undefined)}
          >
            <Icon name="grip" />
          </button>
          <div className="grow">{render(item, at)}</div>
          <IconButton small icon="up" label={text.moveUp(at + 1)} disabled={at === 0} onPress={() => move(at, at - 1)} />
          <IconButton small icon="down" label={text.moveDown(at + 1)} disabled={at === items.length - 1} onPress={() => move(at, at + 1)} />
          <IconButton small icon="close" label={text.removeRow} onPress={() => onChange(items.filter((_, index) => index !== at))} />
        </li>
      ))}
    </ol>
  );
}
