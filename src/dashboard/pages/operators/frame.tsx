import { useQuery } from '@apollo/client/react';
import { Link, Outlet } from '@tanstack/react-router';
import { ViewerDocument, type Right } from '../../generated/operations';
import { InstanceSide } from '../../shell/side';
import { shellWords, words } from '../../words/words';

/** The pages about the instance, beside each other. */
export function OperatorsFrame() {
  return (
    <div className="shell">
      <InstanceSide>
        <Link to="/" className="item" activeOptions={{ exact: true }}>
          {shellWords.pages.projects}
        </Link>
        <h2>{shellWords.pages.operators}</h2>
        <Link to={'/admin' as never} className="item" activeOptions={{ exact: true }}>
          {shellWords.pages.readModels}
        </Link>
        <Link to={'/admin/access' as never} className="item">
          {shellWords.pages.access}
        </Link>
      </InstanceSide>
      <main className="main stack">
        <Outlet />
      </main>
    </div>
  );
}

/** Why the viewer may not do it in the whole instance; undefined: the viewer may, or it is not known yet. */
export function useWhyNotEverywhere(right: Right): string | undefined {
  const { data } = useQuery(ViewerDocument, { variables: { project: '*' } });
  return data === undefined || data.viewer.rights.includes(right) ? undefined : words.noRightEverywhere;
}
