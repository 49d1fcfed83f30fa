/** What an estimate rests on, a line each. */
export function Assumptions({ lines }: { readonly lines: readonly string[] }) {
  if (lines.length === 0) return null;
  return (
    <ul className="card-foot assumptions">
      {lines.map(line => (
        <li key={line}>{line}</li>
      ))}
    </ul>
  );
}
