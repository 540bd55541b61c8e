import { Link } from '@tanstack/react-router';
import { useState } from 'react';
import { resultsPath } from '../../api/kinds';
import { send } from '../../api/command';
import { useMay, whyNot } from '../../api/may';
import { targetOf } from '../../api/target';
import { ReasonDialog } from '../../form/reason-dialog';
import {
  ChangeExperimentTrafficDocument,
  RollOutExperimentDocument,
  StartExperimentDocument,
  StopExperimentDocument,
  type ExperimentRowFragment,
} from '../../generated/operations';
import { Button } from '../../ui/button';
import { Field } from '../../ui/field';
import { experienceWords, testWords as text } from '../../words/experiences';
import { resultWords } from '../../words/results';
import { StatusMoves, type StatusMove } from '../status-moves';
import { plannedText, Reach, useReach } from './reach';

const MOVES: readonly StatusMove[] = [
  { action: 'START', verb: experienceWords.start, document: StartExperimentDocument },
  { action: 'STOP', verb: experienceWords.stop, document: StopExperimentDocument },
];

/** Where a test is in its life, and where it can go. */
export function TestStatus({ thing }: { thing: ExperimentRowFragment }) {
  const { started, rolledOut, status } = thing;
  const reach = useReach(thing);
  return (
    <div className="stack tight">
      <StatusMoves kind="EXPERIMENT" thing={thing} moves={MOVES} notes={reach ? { START: plannedText(reach) } : {}} />
      {started === null ? null : (
        <p className="quiet sentence">
          {text.startedAt(started.revision)}
          {started.audience === null ? '' : ` · ${started.audience.ruleText}`}
          {started.holdouts.length === 0
            ? ''
            : ` · ${text.holdouts}: ${started.holdouts.map(({ name, share }) => `${name} ${share} %`).join(', ')}`}
        </p>
      )}
      {started === null ? null : (
        <p>
          <Link to={resultsPath(thing.id)}>{resultWords.link}</Link>
        </p>
      )}
      {rolledOut === null ? null : <p>{text.rolled(rolledOut.variant.name)}</p>}
      {reach ? <Reach reach={reach} /> : null}
      {status === 'RUNNING' ? <Traffic thing={thing} /> : null}
      {status === 'RUNNING' || status === 'STOPPED' ? <RollOut thing={thing} /> : null}
    </div>
  );
}

function Traffic({ thing }: { thing: ExperimentRowFragment }) {
  const may = useMay('EXPERIMENT', thing.id);
  const [share, setShare] = useState(String(thing.traffic));
  const [asked, setAsked] = useState(false);
  return (
    <div className="line">
      <div className="short-field">
        <Field label={text.traffic} value={share} onChange={setShare} />
      </div>
      <Button small why={whyNot(may, 'CHANGE_TRAFFIC')} onPress={() => setAsked(true)}>
        {text.changeTraffic}
      </Button>
      {asked ? (
        <ReasonDialog
          title={`${text.changeTraffic}: ${thing.name}`}
          text={`${thing.traffic} % → ${share} %`}
          verb={text.changeTraffic}
          done={`${thing.name} ${text.trafficChanged}`}
          run={(reason) =>
            send(ChangeExperimentTrafficDocument, {
              ...targetOf(thing),
              expectedVersion: thing.version,
              traffic: Number(share),
              ...(reason === undefined ? {} : { reason }),
            })
          }
          onClose={() => setAsked(false)}
        />
      ) : null}
    </div>
  );
}

function RollOut({ thing }: { thing: ExperimentRowFragment }) {
  const may = useMay('EXPERIMENT', thing.id);
  const [variant, setVariant] = useState<{ variant: string; name: string }>();
  return (
    <div className="line">
      <span className="quiet">{text.rollOut}</span>
      {thing.variants
        .filter(({ control }) => !control)
        .map(({ variant: id, name }) => (
          <Button small key={id} why={whyNot(may, 'ROLL_OUT')} onPress={() => setVariant({ variant: id, name })}>
            {name}
          </Button>
        ))}
      {variant === undefined ? null : (
        <ReasonDialog
          title={`${text.rollOutTitle}: ${variant.name}`}
          text={text.rollOutText}
          verb={text.rollOut}
          done={`${variant.name} ${text.rolledOut}`}
          run={(reason) =>
            send(RollOutExperimentDocument, {
              ...targetOf(thing),
              expectedVersion: thing.version,
              variant: variant.variant,
              ...(reason === undefined ? {} : { reason }),
            })
          }
          onClose={() => setVariant(undefined)}
        />
      )}
    </div>
  );
}
