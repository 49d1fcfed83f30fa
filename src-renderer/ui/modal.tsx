/** A dialog above everything else. Escape and a click beside it close it; only then is `onClose` called. */
import { type ReactNode, useEffect, useRef } from 'react';

interface ModalProps {
  readonly isOpen: boolean;
  readonly className: string;
  readonly 'aria-label'?: string;
  readonly 'aria-labelledby'?: string;
  readonly children: ReactNode;
  onClose(): void;
}

export function Modal({ isOpen, onClose, children, ...attributes }: ModalProps) {
  const dialog = useRef<HTMLDialogElement>(null);
  useEffect(() => {
    if (isOpen) dialog.current?.showModal();
    else dialog.current?.close();
  }, [isOpen]);
  return (
    // biome-ignore lint/a11y/useKeyWithClickEvents: Escape closes a dialog by itself; this is its backdrop
    <dialog
      ref={dialog}
      {...attributes}
      // The browser tells of every closing, also of one that the page has asked for.
      onClose={() => isOpen && onClose()}
      onClick={event => event.target === dialog.current && onClose()}
    >
      {children}
    </dialog>
  );
}
