import { afterAll, describe, expect, it } from 'vitest';
import { orThrow } from '../../../src-shared/contract/coded-error.ts';
import { splitRecords } from './delimited-records.ts';
import { createReaderWorkspace, stream } from './reader-workspace.ts';

const workspace = createReaderWorkspace();
afterAll(workspace.remove);
const read = (content: string | Buffer, name = 'rows.csv') => workspace.read(name, content);
const values = (content: string | Buffer, name = 'rows.csv') => workspace.values(name, content);
const notes = async (content: string) => orThrow(await workspace.open('rows.csv', content)).notes;

describe('CSV', () => {
  it.each([['\n'], ['\r\n']])(
    'keeps quoted delimiters, quotes and lines apart, with lines ended by %j',
    async end => {
      const content = ['prompt,completion', '"a, ""b""","x', 'y"', '', 'c,', '"",d'].join(end);
      expect(await read(content)).toEqual([
        { row: 0, line: 2, ok: true, value: { prompt: 'a, "b"', completion: `x${end}y` } },
        { row: 1, line: 5, ok: true, value: { prompt: 'c', completion: null } },
        { row: 2, line: 6, ok: true, value: { prompt: null, completion: 'd' } },
      ]);
    },
  );

  it('never turns text into numbers', async () => {
    expect(await values('prompt,completion\n00000,3.30\n')).toEqual([
      { prompt: '00000', completion: '3.30' },
    ]);
  });

  it('keeps quotes inside unquoted fields', async () => {
    expect(await values('prompt,completion\nsay "hi",5" wide\na""b,""""\n')).toEqual([
      { prompt: 'say "hi"', completion: '5" wide' },
      { prompt: 'a""b', completion: '"' },
    ]);
  });

  it.each([
    ['a tab', 'prompt\tcompletion\na, b\tc\n', 'rows.tsv'],
    ['a semicolon', 'prompt;completion\na, b;c\n', 'rows.csv'],
    ['a tab in a .csv', 'prompt\tcompletion\na, b\tc\n', 'rows.csv'],
    ['a tab in a .txt', 'prompt\tcompletion\na, b\tc\n', 'rows.txt'],
  ])('finds %s as the delimiter', async (_, content, name) => {
    expect(await values(content, name)).toEqual([{ prompt: 'a, b', completion: 'c' }]);
  });

  it('takes a byte order mark off the first name', async () => {
    expect(await values('\ufeffprompt,completion\na,b\n')).toEqual([{ prompt: 'a', completion: 'b' }]);
  });

  it.each([
    ['utf16le', [0xff, 0xfe]],
    ['utf16be', [0xfe, 0xff]],
  ] as const)('reads %s', async (encoding, mark) => {
    const bytes = Buffer.from('prompt,completion\nhé,😀\n', 'utf16le');
    if (encoding === 'utf16be') bytes.swap16();
    expect(await values(Buffer.concat([Buffer.from(mark), bytes]))).toEqual([
      { prompt: 'hé', completion: '😀' },
    ]);
  });

  it('reads a file without header as prompts and answers, and says so', async () => {
    const content = 'What is 2+2?,4\nCapital of France?,Paris\n';
    expect(await read(content)).toMatchObject([
      { row: 0, line: 1, value: { prompt: 'What is 2+2?', completion: '4' } },
      { row: 1, line: 2, value: { prompt: 'Capital of France?', completion: 'Paris' } },
    ]);
    expect(await notes(content)).toMatchObject([{ code: 'data.headerless' }]);
  });

  it('takes short words above sentences as a header of unknown names', async () => {
    expect(await values('review,mood\nI liked it a lot,good\n')).toEqual([
      { review: 'I liked it a lot', mood: 'good' },
    ]);
  });

  it("takes the recipe's column names as a header", async () => {
    expect(await workspace.values('rows.csv', 'ask me,tell me\nx,y\n', ['ask me'])).toEqual([
      { 'ask me': 'x', 'tell me': 'y' },
    ]);
  });

  it('leaves out a column without a name, and says so', async () => {
    expect(await values(',completion\n0,b\n')).toEqual([{ completion: 'b' }]);
    expect(await notes(',completion\n0,b\n')).toMatchObject([{ code: 'data.unnamedColumn' }]);
  });

  it('numbers names that stand twice', async () => {
    expect(await values('prompt,text,text\na,b,c\n')).toEqual([{ prompt: 'a', text: 'b', 'text.2': 'c' }]);
  });

  it('keeps rows with too few or too many fields in their place', async () => {
    expect(await read('prompt,completion\na\na,b,c\na,b,\n')).toMatchObject([
      { row: 0, line: 2, code: 'row.fieldCount', message: 'The row has 1 field, the header 2.' },
      { row: 1, line: 3, message: 'The row has 3 fields, the header 2.' },
      { row: 2, line: 4, ok: true },
    ]);
  });

  it('says where a quote is opened and never closed, and keeps the rows before', async () => {
    expect(await read('prompt,completion\na,b\nc,"open\nd,e\n')).toMatchObject([
      { row: 0, ok: true },
      { row: 1, line: 3, code: 'row.openQuote' },
    ]);
  });

  it('names rows that are no UTF-8', async () => {
    const bytes = Buffer.concat([
      Buffer.from('prompt,completion\na,b\ncaf'),
      Buffer.from([0xe9]),
      Buffer.from(',d\n'),
    ]);
    expect(await read(bytes)).toMatchObject([{ ok: true }, { row: 1, line: 3, code: 'row.notUtf8' }]);
  });

  it('cuts records alike wherever the chunks of the file end', async () => {
    const bytes = Buffer.from('a,"b\r\n""c"""\r\n\n  \n"",d""e\n"x');
    const lines = async (chunks: Buffer[]) => {
      const records = [];
      for await (const { bytes, line, unclosed } of splitRecords(stream(chunks), ','))
        records.push([bytes.toString(), line, unclosed]);
      return records;
    };
    const expected = [
      ['a,"b\r\n""c"""', 1, false],
      ['"",d""e', 5, false],
      ['"x', 6, true],
    ];
    expect(await lines([bytes])).toEqual(expected);
    expect(await lines([...bytes].map(byte => Buffer.from([byte])))).toEqual(expected);
  });

  it('joins quoted fields across chunks of the file', async () => {
    const long = `${'é'.repeat(400_000)}"\n`.repeat(3);
    expect(await values(`prompt,completion\n"${long.replaceAll('"', '""')}",b\nc,d\n`)).toEqual([
      { prompt: long, completion: 'b' },
      { prompt: 'c', completion: 'd' },
    ]);
  });
});
