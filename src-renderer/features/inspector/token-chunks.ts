/** Runs of tokens → messages, and those → blocks → chunks of bounded size, each drawn only when it is near the window. */
import type { TokenRun } from '../../../src-shared/domain/explained-row.ts';

export interface TokenGroup {
  readonly key: number;
  readonly message: number;
  readonly role: string;
  /** Which turn of this role it is, from 1. */
  readonly turn: number;
  readonly from: number;
  readonly to: number;
  readonly trained: number;
  readonly cut: number;
  readonly blocks: readonly TokenRange[];
}

export interface TokenRange {
  readonly from: number;
  /** Exclusive. */
  readonly to: number;
}

/** Drawn at once. */
const CHUNK_TOKENS = 120;
/** So many chunks are known at once: a long row has thousands of them, and each that is known costs time. */
const BLOCK_TOKENS = 32 * CHUNK_TOKENS;

/**
 * Neighbouring runs of one message make a group:
 *
 *     runs [header 0, content 0][header 1, answer 1]  →  groups [User 1][Assistant 1]
 */
export function groupTokens(runs: readonly TokenRun[]): TokenGroup[] {
  const groups: TokenGroup[] = [];
  const turns = new Map<string, number>();
  let open: TokenRun[] = [];
  const close = () => {
    const [first, last] = [open[0], open.at(-1)];
    if (!first || !last) return;
    const turn = (turns.get(first.role) ?? 0) + 1;
    turns.set(first.role, turn);
    groups.push({
      key: first.from,
      message: first.message,
      role: first.role,
      turn,
      from: first.from,
      to: last.to,
      trained: lengthOf(open, 'trained'),
      cut: lengthOf(open, 'cut'),
      blocks: partsOf(first.from, last.to, BLOCK_TOKENS),
    });
    open = [];
  };
  for (const run of runs) {
    const [first] = open;
    if (first && (first.message !== run.message || first.role !== run.role)) close();
    open.push(run);
  }
  close();
  return groups;
}

function lengthOf(runs: readonly TokenRun[], state: TokenRun['state']): number {
  return runs.reduce((sum, run) => sum + (run.state === state ? run.to - run.from : 0), 0);
}

/** The chunks of a block. */
export function chunksOf({ from, to }: TokenRange): readonly TokenRange[] {
  return partsOf(from, to, CHUNK_TOKENS);
}

function partsOf(from: number, to: number, tokens: number): TokenRange[] {
  const parts: TokenRange[] = [];
  for (let at = from; at < to; at += tokens) parts.push({ from: at, to: Math.min(to, at + tokens) });
  return parts;
}

/** The run that a token lies in: they are in order and leave no gap. */
export function runAt(runs: readonly TokenRun[], token: number): TokenRun | null {
  let low = 0;
  let high = runs.length - 1;
  while (low < high) {
    const middle = (low + high + 1) >> 1;
    if ((runs[middle]?.from ?? 0) <= token) low = middle;
    else high = middle - 1;
  }
  const run = runs[low];
  return run && token >= run.from && token < run.to ? run : null;
}
