import { Input } from 'react-aria-components/Input';
import { SearchField as Base } from 'react-aria-components/SearchField';
import { Icon } from './icons';

export function SearchField({ label, value, onChange }: { label: string; value: string; onChange: (value: string) => void }) {
  return (
    <Base className="search" aria-label={label} value={value} onChange={onChange}>
      <Icon name="search" />
      <Input className="input" placeholder={label} />
    </Base>
  );
}
