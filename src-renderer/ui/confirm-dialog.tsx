/** Asks before something that cannot go on afterwards. Escape and a click beside it are a no. */
import { type ReactNode, useId } from 'react';
import { Button } from './button.tsx';
import './confirm-dialog.css';
import { Modal } from './modal.tsx';

interface ConfirmDialogProps {
  readonly isOpen: boolean;
  readonly title: string;
  readonly confirm: string;
  readonly cancel: string;
  /** What was entered cannot be done. */
  readonly isRefused?: boolean;
  readonly children: ReactNode;
  onConfirm(): void;
  onCancel(): void;
}

export function ConfirmDialog({
  isOpen,
  title,
  confirm,
  cancel,
  isRefused = false,
  children,
  onConfirm,
  onCancel,
}: ConfirmDialogProps) {
  const titleId = useId();
  return (
    <Modal isOpen={isOpen} className="confirm" aria-labelledby={titleId} onClose={onCancel}>
      <div className="confirm-box">
        <h2 id={titleId}>{title}</h2>
        {children}
        <div className="row row-wrap confirm-actions">
          <Button onClick={onCancel}>{cancel}</Button>
          <Button variant="primary" isDisabled={isRefused} onClick={onConfirm}>
            {confirm}
          </Button>
        </div>
      </div>
    </Modal>
  );
}
