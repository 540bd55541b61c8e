import { useMemo, type ReactNode } from 'react';
import type { Right } from '../generated/operations';
import { useAddress } from '../shell/address';
import { useKeys } from '../shell/keyboard';
import { Page } from '../shell/page';
import { useReadOnly } from '../shell/project';
import { words } from '../words/words';
import { Button } from './button';
import { Check } from './check';
import { Grid, orderOf, sorted, type Column } from './grid';
import { Icon } from './icons';
import { SearchField } from './search-field';
import { Empty, Failed, Loading } from './states';

interface ListWords {
  readonly title: string;
  readonly lead?: string;
  readonly create: string;
  readonly search: string;
  readonly archivedBox: string;
  readonly empty: string;
  readonly emptyLead: string;
  readonly emptyArchived: string;
  readonly noMatch: string;
}

interface ListPageProps<Row> {
  readonly text: ListWords;
  readonly list: { readonly rows: readonly Row[] | undefined; readonly error: unknown; readonly refetch: () => unknown };
  readonly columns: readonly Column<Row>[];
  readonly rowId: (row: Row) => string;
  readonly order?: string;
  /** What the search looks at. */
  readonly searched: (row: Row) => string;
  /** What is needed to create one. */
  readonly right?: Right;
  readonly filters?: ReactNode;
  readonly tools?: (shown: readonly Row[]) => ReactNode;
  readonly children?: ReactNode;
}

/** A list of one kind: search, order, what is archived, and the way to a new one, all in the address. */
export function ListPage<Row>(props: ListPageProps<Row>) {
  const { text, list, columns, rowId, order: otherwise = 'name', searched, filters, tools, children } = props;
  const [address, setAddress] = useAddress();
  const why = useReadOnly(props.right);
  const archived = address['archived'] === 'yes';
  const search = address['search'] ?? '';
  const order = useMemo(() => orderOf(address['sort'], otherwise), [address['sort'], otherwise]);
  const create = () => setAddress({ edit: 'new' });
  useKeys({ c: why === undefined ? create : undefined });
  const shown = useMemo(() => {
    const looked = search.trim().toLocaleLowerCase();
    const matching = (list.rows ?? []).filter((row) => searched(row).toLocaleLowerCase().includes(looked));
    return sorted(matching, columns, order);
    // The columns are new at every turn; what each sorts by is not.
  }, [list.rows, search, searched, order]);
  const button = (
    <Button tone="primary" onPress={create} why={why}>
      <Icon name="plus" />
      {text.create}
    </Button>
  );
  return (
    <Page title={text.title} {...(text.lead === undefined ? {} : { lead: text.lead })} actions={button}>
      <div className="toolbar">
        <SearchField label={text.search} value={search} onChange={(value) => setAddress({ search: value }, true)} />
        {filters}
        {list.rows === undefined ? null : (
          <span className="quiet" role="status">
            {words.found(shown.length, list.rows.length)}
          </span>
        )}
        {tools?.(shown)}
      </div>
      {list.error === undefined ? null : <Failed error={list.error} onRetry={() => void list.refetch()} />}
      {list.rows === undefined && list.error !== undefined ? null : list.rows === undefined ? (
        <Loading />
      ) : shown.length > 0 ? (
        <Grid
          label={text.title}
          columns={columns}
          rows={shown}
          rowId={rowId}
          order={order}
          onOrder={(sort) => setAddress({ sort }, true)}
        />
      ) : (
        <div className="panel">
          {list.rows.length > 0 ? (
            <Empty title={text.noMatch} />
          ) : archived ? (
            <Empty title={text.emptyArchived} />
          ) : (
            <Empty title={text.empty} action={button}>
              {text.emptyLead}
            </Empty>
          )}
        </div>
      )}
      <div className="under">
        <Check checked={archived} onChange={(on) => setAddress({ archived: on ? 'yes' : undefined }, true)}>
          {text.archivedBox}
        </Check>
      </div>
      {children}
    </Page>
  );
}
