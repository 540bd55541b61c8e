import { useQuery } from '@apollo/client/react';
import { useEffect, useMemo, useState } from 'react';
import { CheckRuleDocument } from '../generated/operations';
import { useProject } from '../shell/project';
import type { Group } from './node';
import { writeRule } from './write';

/** A rule is checked when the person has paused. */
const PAUSE_MS = 300;

/** The ledger's sentence for a rule while it is being written, and its warnings. */
export function useCheck(rule: Group) {
  const { id: project } = useProject();
  const written = useMemo(() => writeRule(rule).rule, [rule]);
  const [settled, setSettled] = useState(written);
  useEffect(() => {
    const timer = setTimeout(() => setSettled(written), PAUSE_MS);
    return () => clearTimeout(timer);
  }, [written]);
  const { data, previousData } = useQuery(CheckRuleDocument, { variables: { project, rule: settled } });
  return (data ?? previousData)?.checkRule;
}
