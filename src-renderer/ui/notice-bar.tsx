/** News above the page, until it is dismissed. */
import { X } from 'lucide-react';
import type { ReactNode } from 'react';
import { IconButton } from './button.tsx';

interface NoticeBarProps {
  readonly children: ReactNode;
  /** The name of the button that takes it away. */
  readonly dismiss: string;
  onDismiss(): void;
}

export function NoticeBar({ children, dismiss, onDismiss }: NoticeBarProps) {
  return (
    <div className="notice-bar notice-bar-plain">
      {children}
      <IconButton label={dismiss} icon={X} onClick={onDismiss} />
    </div>
  );
}
