import { useVirtualizer } from '@tanstack/react-virtual';
import { memo, useRef, type CSSProperties, type ReactNode, type Ref } from 'react';
import { Icon } from './icons';

export interface Column<Row> {
  readonly id: string;
  readonly head: ReactNode;
  /** A track of a CSS grid. */
  readonly width: string;
  readonly cell: (row: Row) => ReactNode;
  readonly sort?: (row: Row) => string | number;
  /** Left out where the page is narrow. */
  readonly second?: boolean;
}

export interface Order {
  readonly by: string;
  readonly down: boolean;
}

/** An order as it stands in an address: the column, with a minus for the other way round. */
export function orderOf(text: string | undefined, otherwise: string): Order {
  const given = text ?? otherwise;
  return given.startsWith('-') ? { by: given.slice(1), down: true } : { by: given, down: false };
}

const collator = new Intl.Collator(undefined, { numeric: true });

export function sorted<Row>(rows: readonly Row[], columns: readonly Column<Row>[], { by, down }: Order): readonly Row[] {
  const sort = columns.find(({ id }) => id === by)?.sort;
  if (sort === undefined) return rows;
  const compare = (a: string | number, b: string | number) =>
    typeof a === 'string' && typeof b === 'string' ? collator.compare(a, b) : Number(a) - Number(b);
  const keyed = rows.map((row) => ({ row, key: sort(row) }));
  return keyed.sort((a, b) => (down ? -1 : 1) * compare(a.key, b.key)).map(({ row }) => row);
}

/** As the browser says once it has laid the row out. To ask for it before would have it lay out the page once more. */
function heightOf(_row: Element, entry: ResizeObserverEntry | undefined): number {
  return entry?.borderBoxSize[0]?.blockSize ?? ROW_HEIGHT;
}

interface GridProps<Row> {
  readonly label: string;
  readonly columns: readonly Column<Row>[];
  readonly rows: readonly Row[];
  readonly rowId: (row: Row) => string;
  readonly order: Order;
  readonly onOrder: (order: string) => void;
}

const ROW_HEIGHT = 41;
const OVERSCAN = 3;

/** A long table of which only what is seen is in the page. */
export function Grid<Row>({ label, columns, rows, rowId, order, onOrder }: GridProps<Row>) {
  const scroller = useRef<HTMLDivElement>(null);
  const virtual = useVirtualizer({
    count: rows.length,
    getScrollElement: () => scroller.current,
    estimateSize: () => ROW_HEIGHT,
    getItemKey: (at) => rowId(rows[at] as Row),
    measureElement: heightOf,
    overscan: OVERSCAN,
  });
  const tracks = (shown: readonly Column<Row>[]) => shown.map(({ width }) => width).join(' ');
  const style = {
    '--columns': tracks(columns),
    '--columns-narrow': tracks(columns.filter(({ second }) => second !== true)),
  } as CSSProperties;
  return (
    <div className="panel grid-panel" style={style}>
      <div className="grid-scroll" ref={scroller} role="table" aria-label={label} aria-rowcount={rows.length + 1} tabIndex={0}>
        <div role="rowgroup">
          <div className="grid-row head" role="row" aria-rowindex={1}>
            {columns.map((column) => (
              <Head key={column.id} column={column} order={order} onOrder={onOrder} />
            ))}
          </div>
        </div>
        <div role="rowgroup" className="virtual" style={{ height: virtual.getTotalSize() }}>
          {virtual.getVirtualItems().map(({ index, key, start }) => (
            <ShownRow
              key={key}
              columns={columns as readonly Column<unknown>[]}
              row={rows[index]}
              index={index}
              start={start}
              measured={virtual.measureElement}
            />
          ))}
        </div>
      </div>
    </div>
  );
}

interface ShownRowProps {
  readonly columns: readonly Column<unknown>[];
  readonly row: unknown;
  readonly index: number;
  readonly start: number;
  readonly measured: Ref<HTMLDivElement>;
}

/** Made anew when what it shows is another, and not whenever the list is scrolled or measured. */
const ShownRow = memo(({ columns, row, index, start, measured }: ShownRowProps) => (
  <div
    className="grid-row"
    role="row"
    data-index={index}
    ref={measured}
    aria-rowindex={index + 2}
    style={{ transform: `translateY(${start}px)` }}
  >
    {columns.map(({ id, cell, second }) => (
      <div role="cell" key={id} className={second === true ? 'second' : undefined}>
        {cell(row)}
      </div>
    ))}
  </div>
));

function Head<Row>({ column, order, onOrder }: { column: Column<Row>; order: Order; onOrder: (order: string) => void }) {
  const { id, head, sort, second } = column;
  const is = order.by === id;
  return (
    <div
      role="columnheader"
      className={second === true ? 'second' : undefined}
      aria-sort={is ? (order.down ? 'descending' : 'ascending') : undefined}
    >
      {sort === undefined ? (
        head
      ) : (
        <button type="button" className="sort" onClick={() => onOrder(is && !order.down ? `-${id}` : id)}>
          {head}
          {is ? <Icon name={order.down ? 'down' : 'up'} /> : null}
        </button>
      )}
    </div>
  );
}
