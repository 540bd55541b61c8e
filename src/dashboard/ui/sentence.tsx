/** A sentence of the ledger: names in it stand between asterisks, and are shown as names. */
export function Sentence({ text }: { text: string }) {
  const parts = text.split(/\*([^*]+)\*/);
  return <span className="sentence">{parts.map((part, at) => (at % 2 === 1 ? <strong key={at}>{part}</strong> : part))}</span>;
}
