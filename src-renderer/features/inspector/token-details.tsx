/** What there is to know of one token, beside it: for the eye; the table says the same to a screen reader. */
import { type RefObject, useLayoutEffect, useRef, useState } from 'react';
import type { TokenRun } from '../../../src-shared/domain/explained-row.ts';
import { formatCount, formatLoss, formatShare } from '../../format/numbers.ts';
import { quotedPiece, spacedBytes } from '../../format/token-text.ts';
import { inspectorStrings as strings } from '../../strings/inspector.ts';
import type { Token } from './use-example.ts';

interface TokenDetailsProps {
  readonly token: Token | null;
  readonly index: number;
  readonly run: TokenRun | null;
  readonly loss: number | null;
  readonly anchorId: string;
  readonly scroller: RefObject<HTMLElement | null>;
}

const WIDTH_PX = 316;
const GAP_PX = 6;

export function TokenDetails({ token, index, run, loss, anchorId, scroller }: TokenDetailsProps) {
  const box = useRef<HTMLDivElement>(null);
  const [place, setPlace] = useState<{ left: number; top: number } | null>(null);
  useLayoutEffect(() => {
    const anchor = document.getElementById(anchorId);
    const frame = scroller.current;
    if (!anchor || !frame) {
      setPlace(null);
      return;
    }
    const around = frame.getBoundingClientRect();
    const at = anchor.getClientRects()[0] ?? anchor.getBoundingClientRect();
    const height = box.current?.offsetHeight ?? 160;
    const below = at.bottom - around.top + GAP_PX;
    const fits = below + height < frame.clientHeight;
    const top = fits ? below : at.top - around.top - height - GAP_PX;
    const left = Math.min(Math.max(at.left - around.left, 8), frame.clientWidth - WIDTH_PX - 8);
    setPlace({ left, top: Math.max(top, GAP_PX) + frame.scrollTop });
  }, [anchorId, scroller]);
  if (!token || !run) return null;
  return (
    <div
      ref={box}
      className="popover token-details"
      aria-hidden="true"
      style={place ?? { visibility: 'hidden', left: 0, top: 0 }}
    >
      <div className="row token-details-head">
        <span className={`tok tok-${run.state} mono`}>{token.piece.trim() === '' ? '␠' : token.piece}</span>
        <span className="grow" />
        <span className={`state-word state-${run.state}`}>{strings.state[run.state]}</span>
      </div>
      <dl className="facts facts-left">
        <dt>{strings.token}</dt>
        <dd className="mono">
          {token.id} <span className="quiet">{strings.atPosition(formatCount(index))}</span>
        </dd>
        <dt>{strings.piece}</dt>
        <dd className="mono">{quotedPiece(token.piece)}</dd>
        <dt>{strings.bytes}</dt>
        <dd className="mono">{spacedBytes(token.bytes)}</dd>
        <dt>{strings.label}</dt>
        <dd className="mono">{run.state === 'trained' ? token.id : run.state === 'cut' ? '–' : '-100'}</dd>
        {loss !== null && (
          <>
            <dt>{strings.loss}</dt>
            <dd>
              {formatLoss(loss)}{' '}
              <span className="quiet">{strings.probability(formatShare(roundShare(Math.exp(-loss))))}</span>
            </dd>
          </>
        )}
        <dt>{strings.reason}</dt>
        <dd>{strings.why[run.reason]}</dd>
      </dl>
    </div>
  );
}

function roundShare(share: number): number {
  return Math.round(share * 1000) / 1000;
}
