import { useQuery } from '@apollo/client/react';
import { SettingsDocument } from '../../generated/operations';
import { Page } from '../../shell/page';
import { useProject } from '../../shell/project';
import { Failed, Loading } from '../../ui/states';
import { settingsWords as text } from '../../words/setup';
import { ExclusivitySetting } from './exclusivity';
import { Holdouts } from './holdouts';
import { ProjectNames } from './project-names';

export function Settings() {
  const { id, asOf } = useProject();
  const { data, error, refetch } = useQuery(SettingsDocument, { variables: { project: id, asOf }, fetchPolicy: 'cache-and-network' });
  const project = data?.project;
  return (
    <Page title={text.title}>
      {project ? (
        <div className="stack settings">
          <ExclusivitySetting exclusivity={project.exclusivity} />
          <Holdouts holdouts={project.holdouts.nodes} />
          <ProjectNames project={project} />
        </div>
      ) : error ? (
        <Failed error={error} onRetry={() => void refetch()} />
      ) : (
        <Loading />
      )}
    </Page>
  );
}
