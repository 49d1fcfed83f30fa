/** The navigation between the studio's places, at the side of the window. */
import type { LucideIcon } from 'lucide-react';

export interface RailItem {
  readonly href: string;
  readonly label: string;
  readonly icon: LucideIcon;
  readonly isCurrent: boolean;
  /** Said and shown as a dot where something is going on there. */
  readonly activity?: string;
}

export function IconRail({ label, items }: { readonly label: string; readonly items: readonly RailItem[] }) {
  return (
    <nav className="rail" aria-label={label}>
      {items.map(({ href, label, icon: Icon, isCurrent, activity }) => (
        <a key={label} href={href} aria-current={isCurrent ? 'page' : undefined}>
          <Icon size={20} strokeWidth={1.35} aria-hidden="true" />
          {label}
          {activity && (
            <span className="rail-live">
              <span className="sr-only">, {activity}</span>
            </span>
          )}
        </a>
      ))}
    </nav>
  );
}
