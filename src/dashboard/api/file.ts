import { failureText } from './failure';

/** Has the browser save the content as a file of this name. */
export function saveFile(name: string, content: Blob): void {
  const address = URL.createObjectURL(content);
  const link = document.createElement('a');
  link.href = address;
  link.download = name;
  link.click();
  URL.revokeObjectURL(address);
}

/** The daily aggregates of these results, as CSV. Answers what went wrong, or undefined. With the session of a browser only POST is allowed. */
export async function saveDays(
  id: string,
  { name, cursor, receivedUpTo }: { readonly name: string; readonly cursor: string; readonly receivedUpTo: string },
): Promise<string | undefined> {
  const [project = '', , test = ''] = id.split('/');
  const query = new URLSearchParams({ upTo: cursor, receivedUpTo });
  try {
    const answer = await fetch(`/projects/${encodeURIComponent(project)}/experiments/${encodeURIComponent(test)}/days?${query}`, {
      method: 'POST',
      headers: { 'Content-Type': 'application/json', Accept: 'text/csv' },
      body: '{}',
    });
    if (answer.ok) return void saveFile(`${name}.csv`, await answer.blob());
    const { errors } = (await answer.json()) as { errors?: { message: string }[] };
    return errors?.[0]?.message ?? `The server answered ${answer.status}.`;
  } catch (error) {
    return failureText(error);
  }
}
