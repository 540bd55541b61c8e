import { Link } from '@tanstack/react-router';
import { useState, type ReactNode } from 'react';
import { signOut } from '../api/session';
import { Button } from '../ui/button';
import { Segmented } from '../ui/check';
import { Icon, Mark } from '../ui/icons';
import { PageLink } from '../ui/open-link';
import { toast } from '../ui/toasts';
import { shellWords, words } from '../words/words';
import { useProject } from './project';
import { useTheme } from './theme';

const { pages, sections } = shellWords;

/** The pages of a project, in the order of the side navigation. */
export const SECTIONS = [
  {
    title: sections.experiences,
    items: [
      [pages.overview, ''],
      [pages.flags, '/flags'],
      [pages.configs, '/configs'],
      [pages.tests, '/tests'],
    ],
  },
  {
    title: sections.setup,
    items: [
      [pages.keys, '/setup/keys'],
      [pages.segments, '/setup/segments'],
    ],
  },
  {
    title: sections.measure,
    items: [
      [pages.goals, '/goals'],
      [pages.tryIt, '/try'],
    ],
  },
  {
    title: sections.ledger,
    items: [
      [pages.history, '/history'],
      [pages.compare, '/compare'],
      [pages.setupFile, '/setup-file'],
      [pages.settings, '/settings'],
    ],
  },
] as const;

export function Side({ onPalette }: { onPalette: () => void }) {
  const { id, name } = useProject();
  const [open, setOpen] = useState(false);
  const base = `/p/${encodeURIComponent(id)}`;
  return (
    <nav className="side" data-open={open} aria-label={words.brand}>
      <div className="top">
        <Link to="/" className="brand">
          <Mark />
          {words.brand}
        </Link>
        <span className="menu-button">
          <Button small onPress={() => setOpen(!open)}>
            {words.menu}
          </Button>
        </span>
      </div>
      <Link to="/" className="button picker" title={shellWords.projects.title}>
        <span>{name}</span>
        <Icon name="down" />
      </Link>
      {SECTIONS.map(({ title, items }) => (
        <div key={title}>
          <h2>{title}</h2>
          {items.map(([text, to]) => (
            <PageLink key={to} to={base + to} onGo={() => setOpen(false)}>
              {text}
            </PageLink>
          ))}
        </div>
      ))}
      <Foot onPalette={onPalette} />
    </nav>
  );
}

/** The side of the pages about the instance: links, as they are given, and what there is on every page. */
export function InstanceSide({ children }: { children: ReactNode }) {
  return (
    <nav className="side" aria-label={words.brand}>
      <Link to="/" className="brand">
        <Mark />
        {words.brand}
      </Link>
      {children}
      <Foot />
    </nav>
  );
}

function Foot({ onPalette }: { onPalette?: () => void }) {
  const [theme, setTheme] = useTheme();
  const leave = () => {
    signOut().then(
      () => {
        // Loaded anew, the page holds nothing of the person who left.
        sessionStorage.clear();
        window.location.assign('/');
      },
      () => toast(words.failure.network),
    );
  };
  return (
    <div className="foot">
      {onPalette === undefined ? null : (
        <Button tone="ghost" small onPress={onPalette}>
          {shellWords.goTo} <kbd>Ctrl K</kbd>
        </Button>
      )}
      <Segmented
        label={shellWords.theme.label}
        value={theme}
        onChange={setTheme}
        options={(['system', 'light', 'dark'] as const).map((value) => ({ id: value, text: shellWords.theme[value] }))}
      />
      <Button small onPress={leave}>
        {shellWords.signOut}
      </Button>
    </div>
  );
}
