import { useQuery } from '@apollo/client/react';
import { useMemo } from 'react';
import { CheckRuleDocument } from '../generated/operations';
import { useProject } from '../shell/project';
import { usePaused } from '../ui/use-paused';
import type { Group } from './node';
import { writeRule } from './write';

/** The ledger's sentence for a rule while it is being written, and its warnings. */
export function useCheck(rule: Group) {
  const { id: project } = useProject();
  const written = useMemo(() => writeRule(rule).rule, [rule]);
  const settled = usePaused(written);
  const { data, previousData } = useQuery(CheckRuleDocument, { variables: { project, rule: settled } });
  return (data ?? previousData)?.checkRule;
}
