import { useQuery } from '@apollo/client/react';
import { Link } from '@tanstack/react-router';
import { ProjectsDocument } from '../generated/operations';
import { useAddress } from '../shell/address';
import { InstanceSide } from '../shell/side';
import { Button } from '../ui/button';
import { Changed } from '../ui/changed';
import { Icon } from '../ui/icons';
import { PageHead } from '../ui/page-head';
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
  const create = (
    <Button tone="primary" onPress={() => setAddress({ edit: 'new' })}>
      <Icon name="plus" />
      {text.create}
    </Button>
  );
  return (
    <div className="shell">
      <InstanceSide>
        <a className="item" href="/graphql">
          {shellWords.pages.explorer}
        </a>
        <Link to="/admin" className="item">
          {shellWords.pages.operators}
        </Link>
      </InstanceSide>
      <main className="main">
        <PageHead title={text.title} lead={text.lead}>
          {create}
        </PageHead>
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
