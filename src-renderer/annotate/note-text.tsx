/** A note as its Markdown means it. Nothing in it is HTML, is loaded, or leads anywhere but to a page of the web. */
import { lexer, type MarkedToken, type Token, type Tokens } from 'marked';
import { Fragment, type ReactNode } from 'react';

/** Longer or deeper notes are shown as they were written. */
const LONGEST = 50_000;
const DEEP = /(?:>[ \t]*){20}|(?:(?:[-*+]|\d{1,9}[.)])[ \t]+){20}/;
const DEEPEST = 40;

interface NoteTextProps {
  readonly note: string;
  /** A page of the web opens beside the studio; else its address is shown. */
  readonly opensLinks: boolean;
}

export function NoteText({ note, opensLinks }: NoteTextProps) {
  const tokens = tokensOf(note);
  return (
    <div className="note">
      {tokens === null ? <p className="note-plain">{note}</p> : blocks(tokens, { depth: 0, opensLinks })}
    </div>
  );
}

/** Null where it is not taken for Markdown. */
function tokensOf(note: string): readonly Token[] | null {
  if (note.length > LONGEST || DEEP.test(note)) return null;
  try {
    return lexer(note, { gfm: true, breaks: true });
  } catch {
    return null;
  }
}

interface Place {
  readonly depth: number;
  readonly opensLinks: boolean;
}

function blocks(tokens: readonly Token[] | undefined, place: Place): ReactNode {
  const inside = { ...place, depth: place.depth + 1 };
  return (tokens ?? []).map((token, i) => (
    // biome-ignore lint/suspicious/noArrayIndexKey: parts of a text have no name but their place
    <Fragment key={i}>{inside.depth > DEEPEST ? token.raw : block(token as MarkedToken, inside)}</Fragment>
  ));
}

function block(token: MarkedToken, place: Place): ReactNode {
  switch (token.type) {
    case 'space':
    case 'def':
      return null;
    case 'heading':
      return <p className={`note-heading note-heading-${token.depth}`}>{blocks(token.tokens, place)}</p>;
    case 'paragraph':
      return <p>{blocks(token.tokens, place)}</p>;
    case 'blockquote':
      return <blockquote>{blocks(token.tokens, place)}</blockquote>;
    case 'list':
      return <List list={token} place={place} />;
    case 'code':
      return (
        <pre>
          <code>{token.text}</code>
        </pre>
      );
    case 'hr':
      return <hr />;
    case 'table':
      return <Table table={token} place={place} />;
    case 'strong':
      return <strong>{blocks(token.tokens, place)}</strong>;
    case 'em':
      return <em>{blocks(token.tokens, place)}</em>;
    case 'del':
      return <del>{blocks(token.tokens, place)}</del>;
    case 'codespan':
      return <code>{token.text}</code>;
    case 'br':
      return <br />;
    case 'escape':
      return token.text;
    case 'link':
      return (
        <Link href={token.href} opens={place.opensLinks}>
          {blocks(token.tokens, place)}
        </Link>
      );
    case 'image':
      return `${token.text} (${token.href})`;
    case 'text':
      return 'tokens' in token && token.tokens ? blocks(token.tokens, place) : withoutEntities(token.text);
    // HTML among them: as it was written.
    default:
      return token.raw;
  }
}

function List({ list, place }: { readonly list: Tokens.List; readonly place: Place }) {
  const items = list.items.map((item, i) => (
    // biome-ignore lint/suspicious/noArrayIndexKey: as above
    <li key={i}>
      {item.task && (item.checked ? '☑ ' : '☐ ')}
      {blocks(
        item.tokens.filter(({ type }) => type !== 'checkbox'),
        place,
      )}
    </li>
  ));
  return list.ordered ? <ol start={Number(list.start) || 1}>{items}</ol> : <ul>{items}</ul>;
}

function Table({ table, place }: { readonly table: Tokens.Table; readonly place: Place }) {
  return (
    <table>
      <thead>
        <tr>
          {table.header.map((cell, i) => (
            // biome-ignore lint/suspicious/noArrayIndexKey: as above
            <th key={i} scope="col">
              {blocks(cell.tokens, place)}
            </th>
          ))}
        </tr>
      </thead>
      <tbody>
        {table.rows.map((row, r) => (
          // biome-ignore lint/suspicious/noArrayIndexKey: as above
          <tr key={r}>
            {row.map((cell, i) => (
              // biome-ignore lint/suspicious/noArrayIndexKey: as above
              <td key={i}>{blocks(cell.tokens, place)}</td>
            ))}
          </tr>
        ))}
      </tbody>
    </table>
  );
}

interface LinkProps {
  readonly href: string;
  readonly opens: boolean;
  readonly children: ReactNode;
}

function Link({ href, opens, children }: LinkProps) {
  if (opens && /^https?:\/\//i.test(href)) {
    return (
      <a href={href} target="_blank" rel="noopener noreferrer" title={href}>
        {children}
      </a>
    );
  }
  return (
    <>
      {children} <span className="note-address">({href})</span>
    </>
  );
}

const ENTITIES: Readonly<Record<string, string>> = {
  '&amp;': '&',
  '&lt;': '<',
  '&gt;': '>',
  '&quot;': '"',
  '&#39;': "'",
  '&nbsp;': '\u00a0',
};

/** The few that people write; they become text, not markup. */
function withoutEntities(text: string): string {
  return text.replace(/&(?:amp|lt|gt|quot|nbsp|#39);/g, entity => ENTITIES[entity] ?? entity);
}
