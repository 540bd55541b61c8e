import type { FormEvent, KeyboardEvent, ReactNode } from 'react';
import { Dialog } from 'react-aria-components/Dialog';
import { Heading } from 'react-aria-components/Heading';
import { Modal, ModalOverlay } from 'react-aria-components/Modal';
import { words } from '../words/words';
import { Button, IconButton } from './button';

interface DrawerProps {
  readonly title: string;
  readonly wide?: boolean;
  readonly onClose: () => void;
  readonly onSubmit?: () => void;
  readonly children: ReactNode;
  readonly footer?: ReactNode;
}

/** A form at the side. It asks its owner before it closes, whether by Esc, by the cross or by a click outside. */
export function Drawer({ title, wide = false, onClose, onSubmit, children, footer }: DrawerProps) {
  const submit = (event: FormEvent) => {
    event.preventDefault();
    onSubmit?.();
  };
  const keys = (event: KeyboardEvent) => {
    if (event.key === 'Enter' && (event.ctrlKey || event.metaKey)) {
      event.preventDefault();
      // Before the button that has the focus takes it for a press.
      event.stopPropagation();
      onSubmit?.();
    }
  };
  return (
    <ModalOverlay className="overlay" isOpen isDismissable onOpenChange={onClose}>
      <Modal className={`drawer ${wide ? 'wide' : ''}`}>
        <Dialog>
          <form onSubmit={submit} onKeyDownCapture={keys} noValidate>
            <header>
              <Heading slot="title" level={2}>
                {title}
              </Heading>
              <IconButton icon="close" label={words.close} onPress={onClose} />
            </header>
            <div className="body">{children}</div>
            {footer === undefined ? null : <footer>{footer}</footer>}
          </form>
        </Dialog>
      </Modal>
    </ModalOverlay>
  );
}

interface AskProps {
  readonly title: string;
  readonly wide?: boolean;
  readonly alert?: boolean;
  readonly onClose: () => void;
  readonly children: ReactNode;
  readonly footer?: ReactNode;
}

/** A question in the middle of the page. */
export function Ask({ title, wide = false, alert = false, onClose, children, footer }: AskProps) {
  return (
    <ModalOverlay className="overlay center" isOpen isDismissable onOpenChange={onClose}>
      <Modal className={`dialog ${wide ? 'wide' : ''}`}>
        <Dialog role={alert ? 'alertdialog' : 'dialog'}>
          <header>
            <Heading slot="title" level={2}>
              {title}
            </Heading>
            <IconButton icon="close" label={words.close} onPress={onClose} />
          </header>
          <div className="body stack">{children}</div>
          <footer>
            {footer ?? (
              <Button tone="primary" onPress={onClose}>
                {words.close}
              </Button>
            )}
          </footer>
        </Dialog>
      </Modal>
    </ModalOverlay>
  );
}
