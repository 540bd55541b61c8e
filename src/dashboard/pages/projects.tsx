import { useQuery } from '@apollo/client/react';
import { Link } from '@tanstack/react-router';
import { useEffect } from 'react';
import { ProjectsDocument } from '../generated/operations';
import { useAddress } from '../shell/address';
import { Foot } from '../shell/side';
import { Button } from '../ui/button';
import { Changed } from '../ui/changed';
import { Icon, Mark } from '../ui/icons';
import { SearchField } from '../ui/search-field';
import { Empty, Failed, Loading } from '../ui/states';
import { shellWords, words } from '../words/words';
import { NewProject } from './new-project';

const text = shellWords.projects;

export function Projects() {
  const [address, setAddress] = useAddress();
  const search = address['search'] ?? '';
  const { data, previousData, error, refetch, fetchMore } = useQuery(ProjectsDocument, {
    variables: search === '' ? {} : { search },
    fetchPolicy: 'cache-and-network',
  });
  const projects = (data ?? previousData)?.projects;
  const next = projects?.pageInfo.hasNextPage === true ? projects.pageInfo.endCursor : undefined;
  useEffect(() => {
    document.title = `${text.title} · ${words.brand}`;
  }, []);
  const create = (
    <Button tone="primary" onPress={() => setAddress({ edit: 'new' })}>
      <Icon name="plus" />
      {text.create}
    </Button>
  );
  return (
    <div className="shell">
      <nav className="side" aria-label={words.brand}>
        <Link to="/" className="brand">
          <Mark />
          {words.brand}
        </Link>
        <a className="item" href="/graphql">
          {shellWords.pages.explorer}
        </a>
        <Link to="/admin" className="item">
          {shellWords.pages.operators}
        </Link>
        <Foot />
      </nav>
      <main className="main">
        <header className="page-head">
          <div className="titles">
            <h1>{text.title}</h1>
            <p className="quiet">{text.lead}</p>
          </div>
          <div className="actions">{create}</div>
        </header>
        <div className="toolbar">
          <SearchField label={words.search} value={search} onChange={(value) => setAddress({ search: value }, true)} />
          {projects === undefined ? null : <span className="quiet">{words.found(projects.nodes.length, projects.totalCount)}</span>}
        </div>
        {projects === undefined ? (
          error === undefined ? (
            <Loading />
          ) : (
            <Failed error={error} onRetry={() => void refetch()} />
          )
        ) : (
          <div className="panel">
            {projects.nodes.length === 0 ? (
              <Empty title={search === '' ? text.empty : text.noMatch} action={search === '' ? create : null}>
                {search === '' ? text.emptyLead : ''}
              </Empty>
            ) : (
              <ul className="rows">
                {projects.nodes.map((project) => (
                  <li key={project.id}>
                    <div className="grow">
                      <Link to="/p/$project" params={{ project: project.id } as never} className="open sentence">
                        {project.name}
                      </Link>{' '}
                      <code className="quiet">{project.id}</code>
                      <p className="quiet sentence">{project.description}</p>
                    </div>
                    <Changed thing={project} />
                  </li>
                ))}
              </ul>
            )}
          </div>
        )}
        {typeof next === 'string' ? <Button onPress={() => void fetchMore({ variables: { after: next } })}>{words.more}</Button> : null}
        {address['edit'] === 'new' ? <NewProject onClose={() => setAddress({ edit: undefined })} /> : null}
      </main>
    </div>
  );
}
