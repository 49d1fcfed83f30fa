/** A sentence of the backend: what stands between backticks is set as code. */

export function Prose({ children }: { readonly children: string }) {
  return children.split(/`([^`]+)`/).map((part, i) =>
    // biome-ignore lint/suspicious/noArrayIndexKey: parts have no name but their place
    i % 2 === 1 ? <code key={i}>{part}</code> : part,
  );
}
