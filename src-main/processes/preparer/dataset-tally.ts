/** Adds up what an inspection shows while rows stream by: names, problems, and warnings about the whole. */
import type { Finding, Row } from '../../../src-shared/domain/conversation.ts';
import { contentKey } from '../../pipeline/duplicates/content-key.ts';
import { KeyTable } from '../../pipeline/duplicates/key-table.ts';
import { guessColumns } from '../../pipeline/import/column-names.ts';
import { describeMapping } from '../../pipeline/import/describe-mapping.ts';
import { asRow } from '../../pipeline/import/detect-format.ts';
import type { RowImporter } from '../../pipeline/import/import-row.ts';
import { isObject, unwrapJson } from '../../pipeline/import/json-shapes.ts';
import { roleNamesIn } from '../../pipeline/import/read-messages.ts';
import type { Inspection } from '../../pipeline/job-results.ts';
import type { PlannedFile } from './read-rows.ts';

const LISTED_PROBLEMS = 1000;
/** Names beyond these come from values that are no names. */
const LISTED_NAMES = 1000;
/** Duplicates are looked for among this many rows. */
const REMEMBERED_ROWS = 2_000_000;

type Warning = Inspection['warnings'][number];

export class DatasetTally {
  readonly #plans: PlannedFile[] = [];
  #importer: RowImporter | null = null;
  readonly #columns = new Set<string>();
  readonly #roles = new Map<string, number>();
  readonly #problems: Inspection['problems'][number][] = [];
  readonly #findings = new Map<Finding, number>();
  readonly #seen = new KeyTable();
  #problemCount = 0;
  #conversations = 0;
  #unanswered = 0;
  #duplicates = 0;

  /** The rows that follow are those of this file. */
  begin(plan: PlannedFile, importer: RowImporter): void {
    this.#plans.push(plan);
    this.#importer = importer;
  }

  /** `value` is the row as it stands in the file; undefined where it could not be parsed. */
  add(row: Row, value: unknown): void {
    if (value !== undefined) this.#collectNames(value);
    if (row.kind === 'invalid') {
      this.#problem(row, row.code, row.message);
      return;
    }
    for (const finding of row.findings) this.#findings.set(finding, (this.#findings.get(finding) ?? 0) + 1);
    if (row.kind === 'conversation' && !row.conversation.messages.some(({ role }) => role === 'assistant')) {
      this.#unanswered++;
      this.#problem(row, 'row.noAnswer', 'The conversation has no answer: nothing in it can be trained.');
      return;
    }
    this.#conversations++;
    this.#countDuplicate(row);
  }

  results(): Omit<Inspection, 'format' | 'rows' | 'files' | 'sample'> {
    const { sample, options } = this.#firstPlan;
    return {
      conversations: this.#conversations,
      columns: [...this.#columns],
      roles: Object.fromEntries(this.#roles),
      mapping: describeMapping(sample, options, [...this.#roles.keys()]),
      problems: this.#problems,
      problemCount: this.#problemCount,
      warnings: this.#warnings(),
    };
  }

  get #firstPlan(): PlannedFile {
    const [first] = this.#plans;
    if (!first) throw new Error('A tally needs a file.');
    return first;
  }

  #problem({ row, line }: Row, code: string, message: string): void {
    this.#problemCount++;
    if (this.#problems.length < LISTED_PROBLEMS) this.#problems.push({ row, line, code, message });
  }

  #collectNames(value: unknown): void {
    const row = asRow(value);
    if (!row) return;
    for (const key of Object.keys(row)) if (this.#columns.size < LISTED_NAMES) this.#columns.add(key);
    const { messages } = this.#importer?.columnsOf(row) ?? {};
    const list = messages === undefined ? undefined : unwrapJson(row[messages]);
    if (!Array.isArray(list)) return;
    for (const role of roleNamesIn(list)) {
      if (this.#roles.has(role) || this.#roles.size < LISTED_NAMES)
        this.#roles.set(role, (this.#roles.get(role) ?? 0) + 1);
    }
  }

  #countDuplicate(row: Row): void {
    const key = contentKey(row);
    if (this.#seen.find(key) !== null) this.#duplicates++;
    else if (this.#seen.size < REMEMBERED_ROWS) this.#seen.add(key);
  }

  #warnings(): Warning[] {
    const { options, sample } = this.#firstPlan;
    const found = (finding: Finding) => this.#findings.get(finding) ?? 0;
    const warnings: Warning[] = this.#plans.flatMap(({ file }) =>
      file.notes.map(note => ({ ...note, count: 1 })),
    );
    const add = (code: string, count: number, message: string) => {
      if (count > 0) warnings.push({ code, count, message });
    };
    add(
      'data.preference',
      found('data.preference'),
      `${rows(found('data.preference'))} preference data: only the answers marked as good are used, the others never.`,
    );
    add(
      'data.imageIgnored',
      found('data.imageIgnored'),
      `${rows(found('data.imageIgnored'))} images, sound or video: these are left out, nothing is opened or fetched.`,
    );
    add(
      'data.placeholder',
      found('data.placeholder'),
      `${rows(found('data.placeholder'))} placeholders left in the text, such as {{name}}.`,
    );
    add('data.noAnswer', this.#unanswered, `${rows(this.#unanswered)} no answer and are left out.`);
    add(
      'data.duplicates',
      this.#duplicates,
      `${this.#duplicates} ${this.#duplicates === 1 ? 'row repeats' : 'rows repeat'} an earlier one, save for white space.`,
    );
    const first = sample.find(isObject);
    const columns = first ? guessColumns(Object.keys(first), options.columns) : {};
    if (options.format === 'prompt-completion' && columns.prompt === undefined)
      add('data.noPrompt', 1, 'The rows have no prompt column: completions are trained on their own.');
    const others = [...this.#columns].filter(name => name !== columns.text);
    if (options.format === 'text' && others.length > 0) {
      add(
        'data.unusedColumns',
        others.length,
        `Only \`${columns.text}\` is trained, as plain text; ${others.map(name => `\`${name}\``).join(', ')} is not used. To train it as the answer, set dataset.columns to {prompt: ${columns.text}, completion: ${others[0]}}.`,
      );
    }
    return warnings;
  }
}

function rows(count: number): string {
  return count === 1 ? '1 row has' : `${count} rows have`;
}
