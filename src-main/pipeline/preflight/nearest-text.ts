/** The part of a text that comes nearest to a wanted one, for "not found, but this is there". */

/** A longer text is looked at in its first part only. */
const LONGEST_TEXT = 20_000;
const LONGEST_WANTED = 300;

/**
 * By the fewest edits (Sellers, The Theory and Computation of Evolutionary Distances, 1980). Null where
 * more than half of the wanted text would have to change.
 *
 *     nearestText("a <|user|>\nhi", "<|user|> ")  →  "<|user|>"
 */
export function nearestText(text: string, wanted: string): string | null {
  const haystack = text.slice(0, LONGEST_TEXT);
  const needle = wanted.slice(0, LONGEST_WANTED);
  // Column by column: the edits to turn the needle's first i characters into a text that ends here.
  let edits = Array.from({ length: needle.length + 1 }, (_, i) => i);
  let starts = edits.map(() => 0);
  let best = { edits: needle.length, start: 0, end: 0 };
  for (let end = 1; end <= haystack.length; end++) {
    const nextEdits = [0];
    const nextStarts = [end];
    for (let i = 1; i <= needle.length; i++) {
      const swapped = (edits[i - 1] ?? 0) + costOf(needle[i - 1], haystack[end - 1]);
      const inserted = (edits[i] ?? 0) + 1;
      const deleted = (nextEdits[i - 1] ?? 0) + 1;
      const fewest = Math.min(swapped, inserted, deleted);
      nextEdits.push(fewest);
      nextStarts.push(
        (fewest === swapped ? starts[i - 1] : fewest === inserted ? starts[i] : nextStarts[i - 1]) ?? 0,
      );
    }
    edits = nextEdits;
    starts = nextStarts;
    const all = edits[needle.length] ?? needle.length;
    if (all < best.edits) best = { edits: all, start: starts[needle.length] ?? 0, end };
  }
  return best.edits * 2 > needle.length || best.end === 0 ? null : haystack.slice(best.start, best.end);
}

/** Another case is a small slip. */
function costOf(wanted: string | undefined, found: string | undefined): number {
  if (wanted === found) return 0;
  return wanted?.toLowerCase() === found?.toLowerCase() ? 0.25 : 1;
}
