import { Field } from '../ui/field';

interface Described {
  readonly values: { readonly description: string };
  set(field: 'description', value: string): void;
  errorAt(place: string): string | undefined;
}

/** The description that every thing has. */
export function DescriptionField({ form, label }: { form: Described; label: string }) {
  return (
    <Field
      label={label}
      lines
      value={form.values.description}
      onChange={(value) => form.set('description', value)}
      error={form.errorAt('description')}
    />
  );
}
