/** Asks before something that cannot go on afterwards. Escape and a click beside it are a no. */
import { type ReactNode, useEffect, useId, useRef } from 'react';
import { Button } from './button.tsx';
import './confirm-dialog.css';

interface ConfirmDialogProps {
  readonly isOpen: boolean;
  readonly title: string;
  readonly confirm: string;
  readonly cancel: string;
  readonly children: ReactNode;
  onConfirm(): void;
  onCancel(): void;
}

export function ConfirmDialog({
  isOpen,
  title,
  confirm,
  cancel,
  children,
  onConfirm,
  onCancel,
}: ConfirmDialogProps) {
  const dialog = useRef<HTMLDialogElement>(null);
  const titleId = useId();
  useEffect(() => {
    if (isOpen) dialog.current?.showModal();
    else dialog.current?.close();
  }, [isOpen]);
  return (
    // biome-ignore lint/a11y/useKeyWithClickEvents: Escape closes a dialog by itself; this is its backdrop
    <dialog
      ref={dialog}
      className="confirm"
      aria-labelledby={titleId}
      onClose={onCancel}
      onClick={event => event.target === dialog.current && onCancel()}
    >
      <div className="confirm-box">
        <h2 id={titleId}>{title}</h2>
        {children}
        <div className="row row-wrap confirm-actions">
          <Button onClick={onCancel}>{cancel}</Button>
          <Button variant="primary" onClick={onConfirm}>
            {confirm}
          </Button>
        </div>
      </div>
    </dialog>
  );
}
