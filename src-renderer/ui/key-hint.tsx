/** A key to press, shown beside what it does; screen readers learn it from `aria-keyshortcuts`. */

export function KeyHint({ children }: { readonly children: string }) {
  return (
    <span className="key-hint" aria-hidden="true">
      {children}
    </span>
  );
}
