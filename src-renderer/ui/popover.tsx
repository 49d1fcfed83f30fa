/** A button and what it opens below itself. Escape, a click elsewhere and Tab out of it close it. */
import { ChevronDown, type LucideIcon } from 'lucide-react';
import { type ReactNode, type RefObject, useEffect, useId, useLayoutEffect, useRef, useState } from 'react';
import './popover.css';

interface PopoverProps {
  /** On the button. */
  readonly label: ReactNode;
  readonly icon?: LucideIcon;
  /** Names what opens. */
  readonly title: string;
  /** Something in it is chosen. */
  readonly isSet?: boolean;
  /** The side of the button at which it begins. */
  readonly align?: 'start' | 'end';
  /** What opens, where it is more than a place for fields. */
  readonly opens?: 'menu';
  children(close: () => void): ReactNode;
}

export function Popover({
  label,
  icon: Icon,
  title,
  isSet = false,
  align = 'start',
  opens,
  children,
}: PopoverProps) {
  const id = useId();
  const [isOpen, setIsOpen] = useState(false);
  const whole = useRef<HTMLDivElement>(null);
  const button = useRef<HTMLButtonElement>(null);
  const panel = useRef<HTMLElement>(null);
  useEffect(() => {
    if (!isOpen) return;
    const onPointerDown = ({ target }: PointerEvent) => {
      if (target instanceof Node && !whole.current?.contains(target)) setIsOpen(false);
    };
    document.addEventListener('pointerdown', onPointerDown);
    return () => document.removeEventListener('pointerdown', onPointerDown);
  }, [isOpen]);
  useKeptInWindow(panel, isOpen);
  const close = () => {
    setIsOpen(false);
    button.current?.focus();
  };
  return (
    // biome-ignore lint/a11y/noStaticElementInteractions: it only hears what its button and fields are told
    <div
      ref={whole}
      className="popover-anchor"
      onBlur={({ currentTarget, relatedTarget }) => {
        if (relatedTarget !== null && !currentTarget.contains(relatedTarget)) setIsOpen(false);
      }}
      onKeyDown={event => {
        if (event.key !== 'Escape' || !isOpen) return;
        event.stopPropagation();
        close();
      }}
    >
      <button
        ref={button}
        type="button"
        className={isSet ? 'btn popover-button is-set' : 'btn popover-button'}
        aria-haspopup={opens}
        aria-expanded={isOpen}
        aria-controls={isOpen ? id : undefined}
        onClick={() => setIsOpen(open => !open)}
      >
        {Icon && <Icon size={14} strokeWidth={1.75} aria-hidden="true" />}
        {label}
        <ChevronDown size={12} strokeWidth={2} aria-hidden="true" />
      </button>
      {isOpen && (
        <section ref={panel} id={id} className={`popover popover-${align}`} aria-label={title}>
          {children(close)}
        </section>
      )}
    </div>
  );
}

const MARGIN_PX = 8;

/** Moves what is open sideways where it would begin or end outside the window, also after it has grown. */
function useKeptInWindow(panel: RefObject<HTMLElement | null>, isOpen: boolean): void {
  useLayoutEffect(() => {
    const element = panel.current;
    if (!isOpen || !element) return;
    const place = () => {
      element.style.translate = '0';
      const { left, right } = element.getBoundingClientRect();
      const behind = Math.min(0, window.innerWidth - MARGIN_PX - right);
      const before = Math.max(0, MARGIN_PX - left);
      element.style.translate = `${before > 0 ? before : behind}px`;
    };
    const observer = new ResizeObserver(place);
    observer.observe(element);
    return () => observer.disconnect();
  }, [panel, isOpen]);
}
