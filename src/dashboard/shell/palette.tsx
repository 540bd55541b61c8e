import { useNavigate } from '@tanstack/react-router';
import { useState } from 'react';
import { Autocomplete, useFilter } from 'react-aria-components/Autocomplete';
import { Input } from 'react-aria-components/Input';
import { Menu, MenuItem } from 'react-aria-components/Menu';
import { SearchField } from 'react-aria-components/SearchField';
import { Ask } from '../ui/overlay';
import { KindBadge } from '../ui/badge';
import { shellWords, words } from '../words/words';
import { useProject } from './project';
import { useFound } from './search';
import { SECTIONS } from './side';

/** Every page, and every thing by its name. */
export function Palette({ onClose }: { onClose: () => void }) {
  const { id } = useProject();
  const [text, setText] = useState('');
  const navigate = useNavigate();
  const { contains } = useFilter({ sensitivity: 'base' });
  const found = useFound(text);
  const base = `/p/${encodeURIComponent(id)}`;
  const pages = SECTIONS.flatMap(({ items }) =>
    items.map(([name, to]) => ({ id: to, name, to: base + to, search: {}, kind: undefined, archived: false })),
  );
  const items = [...pages.filter(({ name }) => contains(name, text)), ...found];
  const go = (key: string) => {
    const item = items.find((one) => one.id === key);
    onClose();
    if (item !== undefined) void navigate({ to: item.to, search: item.search as never });
  };
  return (
    <Ask title={shellWords.palette.label} onClose={onClose} footer={null}>
      <Autocomplete inputValue={text} onInputChange={setText}>
        <SearchField aria-label={shellWords.palette.label} autoFocus className="field">
          <Input className="input" placeholder={shellWords.goTo} />
        </SearchField>
        <Menu
          className="palette"
          aria-label={shellWords.palette.label}
          items={items}
          onAction={(key) => go(String(key))}
          renderEmptyState={() => <span className="quiet">{shellWords.palette.none}</span>}
        >
          {(item) => (
            <MenuItem className="option" id={item.id} textValue={item.name}>
              {item.kind === undefined ? null : <KindBadge kind={item.kind} />}
              <span className="sentence">{item.name}</span>
              {item.archived ? <span className="quiet small end">{words.archivedThing}</span> : null}
            </MenuItem>
          )}
        </Menu>
      </Autocomplete>
    </Ask>
  );
}
