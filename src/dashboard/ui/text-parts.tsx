import { Link } from '@tanstack/react-router';
import { pathTo } from '../api/kinds';
import type { TextPieceFragment } from '../generated/operations';
import { useProject } from '../shell/project';
import { actorName } from './actor-name';

/** A sentence or a value of the ledger: the things that it names lead to them, and actors are called by their names. */
export function TextParts({ parts }: { parts: readonly TextPieceFragment[] }) {
  const { id: project } = useProject();
  return (
    <span className="sentence">
      {parts.map(({ kind, text, entity, actor }, at) => {
        if (actor !== null) return actorName(actor);
        if (entity !== null) {
          return (
            <Link key={at} {...pathTo(project, entity.kind, entity.nodeId)} title={entity.name}>
              {text}
            </Link>
          );
        }
        return kind === 'TEXT' || kind === 'VALUE' ? text : <strong key={at}>{text}</strong>;
      })}
    </span>
  );
}
