import { DescriptionField } from '../../form/description-field';
import { FormDrawer, type ThingFormProps } from '../../form/form-drawer';
import { useChecked, Warnings } from '../../form/use-checked';
import {
  CheckFlagRowsDocument,
  PauseFlagDocument,
  PublishFlagDocument,
  ResumeFlagDocument,
  type FlagRowFragment,
  type KeyRowFragment,
  type ValueType,
} from '../../generated/operations';
import { useProject, useReadOnly } from '../../shell/project';
import { TypeBadge } from '../../ui/badge';
import { Button } from '../../ui/button';
import { Suggest, type Option } from '../../ui/choice';
import { Field, Labelled } from '../../ui/field';
import { Icon } from '../../ui/icons';
import { experienceWords as text } from '../../words/experiences';
import { publishingMoves, StatusMoves } from '../status-moves';
import { newRow, rowPlaces, rowsInput, type FlagFields } from './flag-fields';
import { FlagRows } from './flag-rows';

interface FlagFormProps extends ThingFormProps<FlagFields> {
  readonly type: ValueType | undefined;
  readonly thing?: FlagRowFragment;
  readonly keys?: readonly KeyRowFragment[];
  readonly segments: readonly Option<string>[];
}

const MOVES = publishingMoves(PublishFlagDocument, PauseFlagDocument, ResumeFlagDocument);
const labels = { name: text.name, description: text.description, rows: text.rows };

export function FlagForm({ form: written, type, thing, keys = [], segments, children, ...shell }: FlagFormProps) {
  const readOnly = useReadOnly('WRITE_EXPERIENCES');
  const { form, warnings } = useChecked(
    written,
    CheckFlagRowsDocument,
    useRowsToCheck(written.values, type, thing, readOnly !== undefined),
  );
  const { values, set, errorAt } = form;
  const shownInRows = values.rows.flatMap((_, at) => Object.values(rowPlaces(at)));
  return (
    <FormDrawer {...shell} wide form={form} labels={labels} readOnly={readOnly}>
      {thing === undefined ? null : <StatusMoves kind="FLAG" thing={thing} moves={MOVES} />}
      <Field label={text.name} value={values.name} onChange={(value) => set('name', value)} error={errorAt('name')} />
      <Labelled label={text.key} error={errorAt('key')}>
        <div className="line">
          {thing === undefined ? (
            <Suggest
              label={text.key}
              bare
              value={values.keyName}
              options={keys.map(({ name, description }) => ({ id: name, text: name, note: description }))}
              onChange={(value) => set('keyName', value)}
            />
          ) : (
            <code>{values.keyName}</code>
          )}
          {type === undefined ? null : <TypeBadge type={type} />}
        </div>
      </Labelled>
      {type === undefined ? null : (
        <Labelled label={text.rows} hint={text.rowsHint} error={errorAt('rows', shownInRows)}>
          <FlagRows rows={values.rows} type={type} segments={segments} errorAt={errorAt} onChange={(rows) => set('rows', rows)} />
          <div>
            <Button small tone="ghost" onPress={() => set('rows', [...values.rows, newRow(type)])}>
              <Icon name="plus" />
              {text.addRow}
            </Button>
          </div>
        </Labelled>
      )}
      <Warnings warnings={warnings} />
      <DescriptionField form={form} label={text.description} />
      {children}
    </FormDrawer>
  );
}

/** The rows for the ledger to look at; undefined: nothing can be changed, or it is not known yet of which type their values are. */
function useRowsToCheck({ keyName, rows }: FlagFields, type: ValueType | undefined, thing: FlagRowFragment | undefined, readOnly: boolean) {
  const { id: project } = useProject();
  if (readOnly || type === undefined) return undefined;
  const { input, problems } = rowsInput(rows, type);
  return problems.length > 0 ? undefined : { project, key: keyName, rows: input, ...(thing === undefined ? {} : { flag: thing.id }) };
}
