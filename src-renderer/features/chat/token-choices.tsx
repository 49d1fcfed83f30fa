/** What a model could have said in the place of a token, and how likely each was; stands beside the token. */
import { useLayoutEffect, useState } from 'react';
import type { ChatToken } from '../../../src-shared/domain/chat.ts';
import { quotedPiece } from '../../format/token-text.ts';
import { percent } from './percent.ts';

interface TokenChoicesProps {
  readonly token: ChatToken;
  readonly place: string;
  /** The token's element, inside `box`. */
  readonly anchorId: string;
  readonly box: React.RefObject<HTMLElement | null>;
}

const WIDTH_PX = 240;

export function TokenChoices({ token, place, anchorId, box }: TokenChoicesProps) {
  const [at, setAt] = useState<{ left: number; top: number } | null>(null);
  useLayoutEffect(() => {
    const anchor = document.getElementById(anchorId)?.getClientRects()[0];
    const frame = box.current?.getBoundingClientRect();
    if (!anchor || !frame) return;
    const left = Math.max(0, Math.min(anchor.left - frame.left, frame.width - WIDTH_PX));
    setAt({ left, top: anchor.bottom - frame.top + 4 });
  }, [anchorId, box]);
  const isListed = token.choices.some(({ text }) => text === token.text);
  const rows = isListed
    ? token.choices
    : [...token.choices, { text: token.text, probability: token.probability }];
  return (
    <div
      className="token-choices"
      style={{ width: WIDTH_PX, ...(at ?? { visibility: 'hidden' }) }}
      aria-hidden="true"
    >
      <p className="small quiet">{place}</p>
      <table>
        <tbody>
          {rows.map(({ text, probability }, i) => (
            // biome-ignore lint/suspicious/noArrayIndexKey: choices are known by their rank
            <tr key={i} className={text === token.text ? 'is-chosen' : undefined}>
              <td className="mono clip">{quotedPiece(text)}</td>
              <td className="choice-bar">
                <span style={{ width: `${probability * 100}%` }} />
              </td>
              <td className="num">{percent(probability)}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}
