/** How a token's piece is written: nothing in it stays invisible. */

const SPECIAL = /^(<\|[^|]+\|>|<\/?[a-z_]+>|<[｜|][^>]+>|\[\/?[A-Z_]+\])$/;

export function isSpecialPiece(piece: string): boolean {
  return SPECIAL.test(piece);
}

/** Line ends and tabs as signs (with the line end behind), bytes that are no character in hexadecimal. */
export function shownPiece(piece: string, bytesHex: string): string {
  if (piece === '') return '∅';
  if (piece.includes('\uFFFD')) return `⟨${bytesHex}⟩`;
  return piece.replace(/\r/g, '␍').replace(/\t/g, '⇥').replace(/\n/g, '↵\n');
}

/** The same on one line, in quotes, for tables and details. */
export function quotedPiece(piece: string): string {
  return JSON.stringify(piece);
}

/** `e282ac` → `e2 82 ac`. */
export function spacedBytes(hex: string): string {
  return hex.replace(/(..)(?=.)/g, '$1 ');
}
