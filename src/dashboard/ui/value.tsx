/** A value as JSON, on one line. */
export function valueText(value: unknown): string {
  return value === undefined ? '' : JSON.stringify(value);
}

export function Value({ value }: { value: unknown }) {
  return (
    <code className="cut" dir="auto">
      {valueText(value)}
    </code>
  );
}
