/** The tokens of a row as running text: one message below the other, drawn where they are near the window. */
import { Scissors } from 'lucide-react';
import {
  type CSSProperties,
  type KeyboardEvent,
  type MouseEvent,
  memo,
  type RefObject,
  startTransition,
  useEffect,
  useMemo,
  useRef,
  useState,
} from 'react';
import type { TokenRun } from '../../../src-shared/domain/explained-row.ts';
import { formatCount, formatLoss } from '../../format/numbers.ts';
import { isSpecialPiece, quotedPiece, shownPiece } from '../../format/token-text.ts';
import { inspectorStrings as strings } from '../../strings/inspector.ts';
import { chunksOf, groupTokens, runAt, type TokenGroup, type TokenRange } from './token-chunks.ts';
import { TokenDetails } from './token-details.tsx';
import type { ShownExample } from './use-example.ts';
import type { ShownLosses } from './use-token-losses.ts';
import { useWatchNear, type WatchNear } from './use-watch-near.ts';

interface TokenFlowProps {
  readonly shown: ShownExample;
  readonly losses: ShownLosses;
  readonly active: number | null;
  onActive(token: number | null): void;
}

export function TokenFlow({ shown, losses, active, onActive }: TokenFlowProps) {
  const { example } = shown;
  const scroller = useRef<HTMLDivElement>(null);
  const watchBlock = useWatchNear(scroller, BLOCK_NEAR_PX);
  const watchChunk = useWatchNear(scroller, CHUNK_NEAR_PX);
  const runs = example?.runs ?? NO_RUNS;
  const groups = useMemo(() => groupTokens(runs), [runs]);
  const [pointed, setPointed] = useState<number | null>(null);
  const explained = pointed ?? active;
  const rowKey = example ? `${example.row}.${example.part}` : '';

  // biome-ignore lint/correctness/useExhaustiveDependencies: another row starts at its top
  useEffect(() => {
    scroller.current?.scrollTo({ top: 0 });
  }, [rowKey]);

  // The token that was chosen last is the one explained, even where the pointer rests on another.
  // biome-ignore lint/correctness/useExhaustiveDependencies: see above
  useEffect(() => setPointed(null), [rowKey, active]);

  // A token far away is drawn once its page is here, and has its place only then.
  const isActiveHere = active !== null && shown.tokenAt(active) !== null;
  // biome-ignore lint/correctness/useExhaustiveDependencies: see isActiveHere
  useEffect(() => {
    if (active === null) return;
    const block = groups.find(group => active < group.to)?.blocks.find(({ to }) => active < to);
    const chunk = block && chunksOf(block).find(({ to }) => active < to);
    const ids = [tokenId(active), chunk && chunkId(chunk.from), block && blockId(block.from)];
    const elements = ids.map(id => (id === undefined ? null : document.getElementById(id)));
    elements.find(element => element !== null)?.scrollIntoView({ block: 'nearest' });
  }, [active, groups, isActiveHere]);

  if (!example) return null;
  const last = example.tokens - 1;

  function onKeyDown(event: KeyboardEvent): void {
    if (event.altKey || event.ctrlKey || event.metaKey) return;
    const now = active ?? -1;
    const run = runAt(runs, Math.max(0, now));
    const target = {
      ArrowRight: now + 1,
      ArrowLeft: now - 1,
      ArrowDown: run?.to ?? now,
      ArrowUp: run ? (runAt(runs, run.from - 1)?.from ?? 0) : 0,
      Home: 0,
      End: last,
    }[event.key];
    if (event.key === 'Escape') onActive(null);
    else if (target === undefined) return;
    else onActive(Math.max(0, Math.min(last, target)));
    event.preventDefault();
  }

  /** By a move: tokens that come under a resting pointer are not pointed at. */
  function onPoint(event: MouseEvent): void {
    const token = tokenOf(event.target);
    if (token !== null) setPointed(token);
  }

  return (
    <div
      ref={scroller}
      className="token-flow"
      role="listbox"
      tabIndex={0}
      aria-label={strings.tokensLabel(formatCount(example.row))}
      aria-activedescendant={active === null ? undefined : tokenId(active)}
      aria-busy={shown.isPending}
      onKeyDown={onKeyDown}
      onMouseMove={onPoint}
      onFocus={() => active === null && onActive(firstTrained(runs))}
      onMouseLeave={() => setPointed(null)}
      onClick={event => {
        const token = tokenOf(event.target);
        if (token !== null) onActive(token);
      }}
    >
      {groups.map(group => (
        <Message
          key={group.key}
          group={group}
          shown={shown}
          lossAt={losses.lossAt}
          runs={runs}
          active={active}
          watchBlock={watchBlock}
          watchChunk={watchChunk}
        />
      ))}
      {explained !== null && (
        <TokenDetails
          token={shown.tokenAt(explained)}
          index={explained}
          run={runAt(runs, explained)}
          loss={losses.lossAt(explained, shown.tokenAt(explained)?.id)}
          anchorId={tokenId(explained)}
          scroller={scroller}
        />
      )}
    </div>
  );
}

interface MessageProps {
  readonly group: TokenGroup;
  readonly shown: ShownExample;
  readonly lossAt: ShownLosses['lossAt'];
  readonly runs: readonly TokenRun[];
  readonly active: number | null;
  readonly watchBlock: WatchNear;
  readonly watchChunk: WatchNear;
}

function Message({ group, shown, active, ...parts }: MessageProps) {
  const name = group.role === '' ? strings.outside : strings.speaker(group.role, group.turn);
  const { tokenAt, need, exampleVersion } = shown;
  return (
    // biome-ignore lint/a11y/useSemanticElements: a group of options in a listbox
    <div className="message" role="group" aria-label={name}>
      <div className="message-side" aria-hidden="true">
        <b>{name}</b>
        {strings.tokenCount(formatCount(group.to - group.from))}
        {group.trained > 0 && <span>{strings.tokenCounts.trained(formatCount(group.trained))}</span>}
        {group.cut > 0 && <span className="cut-text">{strings.tokenCounts.cut(formatCount(group.cut))}</span>}
      </div>
      <div className="tokens" role="presentation">
        {group.blocks.map(({ from, to }) => (
          <Block
            key={from}
            {...parts}
            from={from}
            to={to}
            active={activeIn({ from, to }, active)}
            tokenAt={tokenAt}
            need={need}
            exampleVersion={exampleVersion}
          />
        ))}
      </div>
    </div>
  );
}

interface PartProps extends TokenRange {
  readonly runs: readonly TokenRun[];
  /** Only where it lies in the part. */
  readonly active: number | null;
  readonly watchChunk: WatchNear;
  readonly tokenAt: ShownExample['tokenAt'];
  readonly lossAt: ShownLosses['lossAt'];
  readonly need: ShownExample['need'];
}

interface BlockProps extends PartProps {
  readonly watchBlock: WatchNear;
  readonly exampleVersion: number;
}

/** Far from the window it is an empty box, of which its chunks know nothing. */
function Block({ watchBlock, exampleVersion, ...part }: BlockProps) {
  const { from, active, tokenAt } = part;
  const { box, isNear, heightPx } = useNearBox(watchBlock, part);
  const isOpen = isNear || active !== null;
  return (
    <div ref={box} id={blockId(from)} role="presentation" style={isOpen ? undefined : { height: heightPx }}>
      {isOpen &&
        chunksOf(part).map(chunk => (
          <Chunk
            key={chunk.from}
            {...part}
            {...chunk}
            active={activeIn(chunk, active)}
            version={tokenAt(chunk.from) !== null && tokenAt(chunk.to - 1) !== null ? exampleVersion : -1}
          />
        ))}
    </div>
  );
}

interface ChunkProps extends PartProps {
  /** Changes when its tokens do: what else changes elsewhere draws nothing here anew. -1 while they are on their way. */
  readonly version: number;
}

/**
 * Far from the window it is an empty box of its last height, and so it is while its tokens are on their way: without
 * a height, all that is behind it would be near the window.
 */
const Chunk = memo(function Chunk(part: ChunkProps) {
  const { from, to, active, watchChunk, need, version } = part;
  const { box, isNear, heightPx } = useNearBox(watchChunk, part);
  useEffect(() => {
    if (isNear) need(from, to);
  }, [isNear, need, from, to]);

  const isDrawn = (isNear || active !== null) && version !== -1;
  return (
    <div
      ref={box}
      id={chunkId(from)}
      className="chunk"
      role="presentation"
      style={isDrawn ? undefined : { height: heightPx }}
    >
      {isDrawn && <Tokens {...part} />}
    </div>
  );
});

interface NearBox {
  readonly box: RefObject<HTMLDivElement | null>;
  readonly isNear: boolean;
  /** What it was when it was near last; before that, about what it will be. */
  readonly heightPx: number;
}

function useNearBox(watch: WatchNear, { from, to }: TokenRange): NearBox {
  const box = useRef<HTMLDivElement>(null);
  const [isNear, setIsNear] = useState(from < FIRST_DRAWN);
  const [heightPx, setHeightPx] = useState(() => Math.ceil((to - from) / TOKENS_PER_LINE) * LINE_PX);
  useEffect(() => {
    const element = box.current;
    if (!element) return;
    return watch(element, near => {
      if (!near && element.childElementCount > 0) setHeightPx(element.offsetHeight);
      // Drawn in slices between which the page stays responsive.
      startTransition(() => setIsNear(near));
    });
  }, [watch]);
  return { box, isNear, heightPx };
}

function activeIn({ from, to }: TokenRange, active: number | null): number | null {
  return active !== null && active >= from && active < to ? active : null;
}

type TokensProps = Pick<PartProps, 'from' | 'to' | 'runs' | 'active' | 'tokenAt' | 'lossAt'>;

function Tokens({ from, to, runs, active, tokenAt, lossAt }: TokensProps) {
  const tokens: React.ReactNode[] = [];
  for (let i = from; i < to; i++) {
    const token = tokenAt(i);
    const run = runAt(runs, i);
    if (!token || !run) continue;
    if (run.state === 'cut' && run.from === i && runAt(runs, i - 1)?.state !== 'cut' && i > 0)
      tokens.push(<CutFlag key="cut" at={i} />);
    const loss = lossAt(i, token.id);
    const special = isSpecialPiece(token.piece) ? ' tok-special' : '';
    tokens.push(
      <span
        key={i}
        id={tokenId(i)}
        role="option"
        aria-selected={i === active}
        data-token={i}
        aria-label={nameOf(token.piece, loss)}
        tabIndex={-1}
        className={`tok tok-${run.state}${special}${loss === null ? '' : ' tok-loss'}`}
        style={loss === null ? undefined : heatOf(loss)}
      >
        {shownPiece(token.piece, token.bytes)}
      </span>,
    );
  }
  return tokens;
}

function CutFlag({ at }: { readonly at: number }) {
  return (
    <span className="cut-flag" aria-hidden="true">
      <Scissors size={12} />
      {strings.cutAt(formatCount(at))}
    </span>
  );
}

/** Undefined where the text itself is the name. */
function nameOf(piece: string, loss: number | null): string | undefined {
  if (loss !== null) return strings.withLoss(quotedPiece(piece), formatLoss(loss));
  return piece.trim() === '' ? quotedPiece(piece) : undefined;
}

/** From 0 (a loss of 0) towards 1, the same for every row: 2 nats are 0.63. */
function heatOf(loss: number): CSSProperties {
  return { '--heat': `${Math.round((1 - Math.exp(-loss / 2)) * 100)}%` } as CSSProperties;
}

const NO_RUNS: readonly TokenRun[] = [];
/** About half a window; the rest of it comes in slices. */
const FIRST_DRAWN = 240;
const CHUNK_NEAR_PX = 250;
/** Chunks are to be there before they are to be drawn. */
const BLOCK_NEAR_PX = 2000;
const TOKENS_PER_LINE = 16;
const LINE_PX = 24;

function tokenId(index: number): string {
  return `token-${index}`;
}

function blockId(from: number): string {
  return `block-${from}`;
}

function chunkId(from: number): string {
  return `chunk-${from}`;
}

function tokenOf(target: EventTarget): number | null {
  const element = target instanceof Element ? target.closest('[data-token]') : null;
  const index = element?.getAttribute('data-token') ?? null;
  return index === null ? null : Number(index);
}

function firstTrained(runs: readonly TokenRun[]): number {
  return runs.find(run => run.state === 'trained')?.from ?? 0;
}
