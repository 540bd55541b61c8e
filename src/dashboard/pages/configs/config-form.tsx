import { DescriptionField } from '../../form/description-field';
import { FormDrawer, type ThingFormProps } from '../../form/form-drawer';
import {
  PauseConfigDocument,
  PublishConfigDocument,
  ResumeConfigDocument,
  type ConfigRowFragment,
  type KeyRowFragment,
} from '../../generated/operations';
import { useReadOnly } from '../../shell/project';
import { Button } from '../../ui/button';
import { Choice, type Option } from '../../ui/choice';
import { Field, Labelled } from '../../ui/field';
import { Icon } from '../../ui/icons';
import { Ordered } from '../../ui/ordered';
import { KeyGrid } from '../../value/key-grid';
import { KeySet } from '../../value/key-set';
import type { Types } from '../../value/key-values';
import { configWords, experienceWords as text } from '../../words/experiences';
import { publishingMoves, StatusMoves } from '../status-moves';
import { newConfigRow, type ConfigFields, type ConfigRowFields } from './config-fields';

interface ConfigFormProps extends ThingFormProps<ConfigFields> {
  readonly thing?: ConfigRowFragment;
  readonly keys: ReadonlyMap<string, KeyRowFragment>;
  readonly types: Types;
  readonly segments: readonly Option<string>[];
}

const MOVES = publishingMoves(PublishConfigDocument, PauseConfigDocument, ResumeConfigDocument);
const labels = { name: text.name, description: text.description, keys: text.keys, rows: text.rows };

export function ConfigForm({ form, thing, keys, types, segments, children, ...shell }: ConfigFormProps) {
  const readOnly = useReadOnly('WRITE_EXPERIENCES');
  const { values, set, errorAt } = form;
  const shownInRows = values.rows.flatMap((_, at) => [`rows.${at}.segmentId`, `rows.${at}.values`]);
  const setRow = (at: number, change: Partial<ConfigRowFields>) =>
    set(
      'rows',
      values.rows.map((row, index) => (index === at ? { ...row, ...change } : row)),
    );
  return (
    <FormDrawer {...shell} wide form={form} labels={labels} readOnly={readOnly}>
      {thing === undefined ? null : <StatusMoves kind="CONFIG" thing={thing} moves={MOVES} />}
      <Field label={text.name} value={values.name} onChange={(value) => set('name', value)} error={errorAt('name')} />
      <KeySet chosen={values.keys} keys={keys} error={errorAt('keys')} onChange={(chosen) => set('keys', chosen)} />
      <Labelled label={text.rows} hint={text.rowsHint} error={errorAt('rows', shownInRows)}>
        <Ordered
          items={values.rows}
          keyOf={({ key }) => key}
          onChange={(rows) => set('rows', rows)}
          render={(row, at) => (
            <div className="stack tight">
              <Choice
                label={text.segment}
                bare
                value={row.segment}
                options={segments}
                error={errorAt(`rows.${at}.segmentId`)}
                onChange={(segment) => setRow(at, { segment })}
              />
              <KeyGrid
                keys={values.keys}
                types={types}
                texts={row.values}
                otherwise={configWords.noValue}
                place={`rows.${at}.values`}
                errorAt={errorAt}
                onChange={(next) => setRow(at, { values: next })}
              />
            </div>
          )}
        />
        <div>
          <Button small tone="ghost" onPress={() => set('rows', [...values.rows, newConfigRow()])}>
            <Icon name="plus" />
            {text.addRow}
          </Button>
        </div>
      </Labelled>
      <DescriptionField form={form} label={text.description} />
      {children}
    </FormDrawer>
  );
}
