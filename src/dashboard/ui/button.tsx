import type { ReactNode } from 'react';
import { Button as Base } from 'react-aria-components/Button';
import { Icon, type IconName } from './icons';

interface ButtonProps {
  readonly children: ReactNode;
  readonly onPress?: () => void;
  readonly tone?: 'primary' | 'danger' | 'ghost';
  readonly small?: boolean;
  readonly type?: 'button' | 'submit';
  readonly disabled?: boolean;
  readonly autoFocus?: boolean;
  /** Says more than its text, where that alone does not say what it is about. */
  readonly label?: string;
  /** Why it cannot be pressed, for those who may not. */
  readonly why?: string | undefined;
}

export function Button({ children, onPress, tone, small = false, type = 'button', disabled = false, autoFocus, label, why }: ButtonProps) {
  const button = (
    <Base
      className={`button ${tone ?? ''} ${small ? 'small' : ''}`}
      type={type}
      isDisabled={disabled || why !== undefined}
      {...(onPress === undefined ? {} : { onPress })}
      {...(label === undefined ? {} : { 'aria-label': label })}
      {...(autoFocus === true ? { autoFocus } : {})}
    >
      {children}
    </Base>
  );
  return why === undefined ? button : <span title={why}>{button}</span>;
}

interface IconButtonProps {
  readonly icon: IconName;
  readonly label: string;
  readonly onPress?: () => void;
  readonly small?: boolean;
  readonly disabled?: boolean;
  readonly slot?: string;
}

export function IconButton({ icon, label, onPress, small = false, disabled = false, slot }: IconButtonProps) {
  return (
    <Base
      className={`button ghost icon ${small ? 'small' : ''}`}
      aria-label={label}
      isDisabled={disabled}
      {...(onPress === undefined ? {} : { onPress })}
      {...(slot === undefined ? {} : { slot })}
    >
      <Icon name={icon} />
    </Base>
  );
}
