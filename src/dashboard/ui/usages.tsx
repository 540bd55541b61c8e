import { Link } from '@tanstack/react-router';
import { pathTo } from '../api/kinds';
import type { UsedFragment } from '../generated/operations';
import { useProject } from '../shell/project';
import { reviewWords } from '../words/setup';
import { KindBadge, statusText } from './badge';

/** What uses a thing, each with a link to it. */
export function Usages({ usages }: { usages: readonly UsedFragment[] }) {
  const { id: project } = useProject();
  return (
    <ul className="stack tight">
      {usages.map(({ nodeId, kind, name, status }) => (
        <li className="line" key={nodeId}>
          <KindBadge kind={kind} />
          <Link {...pathTo(project, kind, nodeId)} className="strong sentence">
            {name}
          </Link>
          <span className="quiet">{statusText(status)}</span>
        </li>
      ))}
    </ul>
  );
}

/** The same under a title; nothing where nothing uses it. */
export function UsedBy({ usages }: { usages: readonly UsedFragment[] }) {
  if (usages.length === 0) return null;
  return (
    <div className="stack tight">
      <h3>{reviewWords.usedBy}</h3>
      <Usages usages={usages} />
    </div>
  );
}
