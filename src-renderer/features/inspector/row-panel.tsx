/** The row in numbers, and why each of its spans is as it is. */
import { ChevronLeft, ChevronRight } from 'lucide-react';
import type { ReactNode } from 'react';
import type { ExplainedExample } from '../../../src-shared/contract/draft-procedures.ts';
import type { TokenRun, TokenState } from '../../../src-shared/domain/explained-row.ts';
import { formatCount, formatShare } from '../../format/numbers.ts';
import { inspectorStrings as strings } from '../../strings/inspector.ts';
import { IconButton } from '../../ui/button.tsx';
import { Callout } from '../../ui/callout.tsx';
import { groupTokens } from './token-chunks.ts';

interface RowPanelProps {
  readonly example: ExplainedExample;
  readonly fileName: string;
  readonly children?: ReactNode;
  onToken(token: number): void;
  onPart(part: number): void;
  /** Goes to the token that a finding of the row speaks of. */
  onFinding(check: string): void;
}

const STATES = ['trained', 'masked', 'cut'] as const;
const SHOWN_SPANS = 60;

export function RowPanel({ example, fileName, children, onToken, onPart, onFinding }: RowPanelProps) {
  const { tokens, runs, row, line, part, parts, dropped, problem, method, findings } = example;
  const counts = countStates(runs);
  const speakers = speakersOf(runs);
  return (
    <>
      <div className="pane-head">
        <h2>{strings.rowTitle(formatCount(row))}</h2>
        <p className="clip">{strings.rowPlace(formatCount(line), fileName)}</p>
        {parts > 1 && (
          <div className="row">
            <IconButton
              label={strings.previousPart}
              icon={ChevronLeft}
              isDisabled={part === 0}
              onClick={() => onPart(part - 1)}
            />
            <span className="small soft">{strings.part(formatCount(part + 1), formatCount(parts))}</span>
            <IconButton
              label={strings.nextPart}
              icon={ChevronRight}
              isDisabled={part >= parts - 1}
              onClick={() => onPart(part + 1)}
            />
          </div>
        )}
      </div>
      <div className="pane-part">
        <div className="bar bar-8" aria-hidden="true">
          {STATES.map(state => (
            <span
              key={state}
              className={`fill-${state}`}
              style={{ width: `${shareOf(counts[state], tokens) * 100}%` }}
            />
          ))}
        </div>
        <dl className="facts facts-numbers">
          {STATES.map(state => (
            <StateCount key={state} state={state} count={counts[state]} tokens={tokens} />
          ))}
          <dt className="total">{strings.tokens}</dt>
          <dd className="total">{formatCount(tokens)}</dd>
        </dl>
      </div>
      {dropped !== null && (
        <div className="pane-part">
          <Callout tone="error" title={strings.dropped}>
            <p className="small wrap">{problem}</p>
          </Callout>
        </div>
      )}
      {children}
      <div className="pane-part">
        <dl className="facts">
          <dt>{strings.foundBy}</dt>
          <dd>{strings.method[method] ?? method}</dd>
          {findings.length > 0 && (
            <>
              <dt>{strings.findings}</dt>
              <dd>
                {findings.map(id => (
                  <button
                    key={id}
                    type="button"
                    className="link finding"
                    title={id}
                    onClick={() => onFinding(id)}
                  >
                    {strings.finding(id)}
                  </button>
                ))}
              </dd>
            </>
          )}
        </dl>
      </div>
      <div className="pane-part">
        <h3>{strings.spans}</h3>
        <ul className="spans">
          {runs.slice(0, SHOWN_SPANS).map(run => (
            <li key={run.from}>
              <button type="button" onClick={() => onToken(run.from)}>
                <span className="span-range">
                  {strings.range(formatCount(run.from), formatCount(run.to - 1))}
                </span>
                <span>
                  <b className={run.state === 'cut' ? 'cut-text' : ''}>{strings.state[run.state]}</b>{' '}
                  {speakers.get(run.message) ?? ''}
                  <span className="quiet span-why">{strings.why[run.reason]}</span>
                </span>
                <span className="num">{formatCount(run.to - run.from)}</span>
              </button>
            </li>
          ))}
        </ul>
        {runs.length > SHOWN_SPANS && (
          <p className="small quiet">{strings.moreSpans(formatCount(runs.length - SHOWN_SPANS))}</p>
        )}
      </div>
    </>
  );
}

function StateCount({
  state,
  count,
  tokens,
}: {
  readonly state: TokenState;
  readonly count: number;
  readonly tokens: number;
}) {
  return (
    <>
      <dt className="row">
        <span className={`tok tok-${state} mono`} aria-hidden="true">
          abc
        </span>
        {strings.state[state]}
      </dt>
      <dd>
        {formatCount(count)} <span className="unit">{formatShare(round(shareOf(count, tokens)))}</span>
      </dd>
    </>
  );
}

function countStates(runs: readonly TokenRun[]): Record<TokenState, number> {
  const counts = { trained: 0, masked: 0, cut: 0 };
  for (const { state, from, to } of runs) counts[state] += to - from;
  return counts;
}

function speakersOf(runs: readonly TokenRun[]): Map<number, string> {
  return new Map(
    groupTokens(runs).map(({ message, role, turn }) => [message, role === '' ? '' : `${role} ${turn}`]),
  );
}

function shareOf(count: number, all: number): number {
  return all === 0 ? 0 : count / all;
}

function round(share: number): number {
  return Math.round(share * 1000) / 1000;
}
