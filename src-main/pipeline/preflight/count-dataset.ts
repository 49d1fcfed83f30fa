/** Adds up what preflight needs while examples stream by: 16 bytes an example, whatever they hold. */
import type { Finding } from '../../../src-shared/domain/conversation.ts';
import {
  countTrainableTokens,
  DROP_REASONS,
  type DropReason,
  IGNORE_INDEX,
  type LabelledExample,
  type ProofStep,
  SPAN_METHODS,
} from '../../../src-shared/domain/labels.ts';
import type { PreflightTotals } from '../../../src-shared/domain/preflight.ts';
import type { SpanMethod } from '../../../src-shared/domain/template.ts';
import { LengthTable } from './length-table.ts';
import { type Problem, ProblemTally } from './problem-tally.ts';

/** Rows of one kind: how many, and which ones first. */
export interface RowCount {
  readonly count: number;
  readonly rows: readonly number[];
}

/** Counts over every row; lists of rows hold the first few, to show and to try fixes on. */
export interface DatasetCounts {
  readonly examples: number;
  readonly kept: number;
  readonly tokens: number;
  readonly trainableTokens: number;
  /** Trained tokens that `maxLength` took. */
  readonly lostTrainableTokens: number;
  /** Longer than `maxLength`, cut or dropped for it; not those that are left out for another reason. */
  readonly overLength: RowCount;
  readonly dropped: Readonly<Record<DropReason, RowCount>>;
  readonly problems: Readonly<Record<DropReason, readonly Problem[]>>;
  /** Invalid rows by the code of what is wrong with them. */
  readonly invalidCodes: ReadonlyMap<string, number>;
  readonly findings: ReadonlyMap<Finding, RowCount>;
  readonly endTrainedExamples: number;
  /** Kept examples by how their spans were found, and how far those were proven. */
  readonly methods: Readonly<Record<SpanMethod, number>>;
  readonly proofs: ReadonlyMap<ProofStep, number>;
  readonly lengths: LengthTable;
}

/** Longer examples than this share one bucket when percentiles are read off. */
const LONGEST_BUCKET = 1 << 20;
/** A check lists fewer; the rest is what fixes are tried on. */
const REMEMBERED_ROWS = 500;

class Rows {
  count = 0;
  readonly rows: number[] = [];

  add(row: number): void {
    this.count++;
    if (this.rows.length < REMEMBERED_ROWS) this.rows.push(row);
  }
}

export class DatasetCounter {
  readonly #endOfGenerationIds: ReadonlySet<number>;
  readonly #dropped = perReason(() => new Rows());
  readonly #problems = perReason(() => new ProblemTally());
  readonly #invalidCodes = new Map<string, number>();
  readonly #lengthBuckets = new Map<number, number>();
  readonly #overLength = new Rows();
  readonly #findings = new Map<Finding, Rows>();
  readonly #methods = Object.fromEntries(SPAN_METHODS.map(method => [method, 0])) as Record<
    SpanMethod,
    number
  >;
  readonly #proofs = new Map<ProofStep, number>();
  readonly #lengths = new LengthTable();
  #examples = 0;
  #kept = 0;
  #tokens = 0;
  #trainableTokens = 0;
  #lostTrainableTokens = 0;
  #endTrained = 0;
  #cut = 0;

  constructor(endOfGenerationIds: ReadonlySet<number>) {
    this.#endOfGenerationIds = endOfGenerationIds;
  }

  add(example: LabelledExample): void {
    const { row, dropped, trace } = example;
    this.#examples++;
    for (const finding of new Set(example.findings)) this.#find(finding, row);
    if (example.truncatedTokens > 0) this.#cut++;
    const isOver = dropped === 'truncated' || (dropped === null && example.truncatedTokens > 0);
    if (isOver) this.#overLength.add(row);
    const trainable = dropped ? 0 : countTrainableTokens(example.labels);
    if (trace && (dropped === null || dropped === 'truncated')) {
      this.#lengths.add(row, trace);
      if (isOver) this.#lostTrainableTokens += trace.uncutTrainable - trainable;
    }
    if (dropped) {
      this.#dropped[dropped].add(row);
      this.#problems[dropped].add(row, example.problem);
      if (trace?.code) count(this.#invalidCodes, trace.code);
      return;
    }
    this.#kept++;
    this.#tokens += example.inputIds.length;
    this.#trainableTokens += trainable;
    this.#methods[example.method]++;
    if (example.method === 'sentinels' || example.method === 'tags')
      count(this.#proofs, trace?.proof ?? 'none');
    count(this.#lengthBuckets, Math.min(example.inputIds.length, LONGEST_BUCKET));
    if (this.#trainsAnEnd(example.labels)) this.#endTrained++;
  }

  counts(): DatasetCounts {
    return {
      examples: this.#examples,
      kept: this.#kept,
      tokens: this.#tokens,
      trainableTokens: this.#trainableTokens,
      lostTrainableTokens: this.#lostTrainableTokens,
      overLength: this.#overLength,
      dropped: this.#dropped,
      problems: perReason(reason => this.#problems[reason].problems()),
      invalidCodes: this.#invalidCodes,
      findings: this.#findings,
      endTrainedExamples: this.#endTrained,
      methods: this.#methods,
      proofs: this.#proofs,
      lengths: this.#lengths,
    };
  }

  totals(steps: number): PreflightTotals {
    const dropped = DROP_REASONS.map(reason => [reason, this.#dropped[reason].count] as const);
    return {
      examples: this.#examples,
      kept: this.#kept,
      dropped: Object.fromEntries(dropped.filter(([, rows]) => rows > 0)),
      tokens: this.#tokens,
      trainableTokens: this.#trainableTokens,
      truncatedExamples: this.#cut,
      steps,
      lengths: { p50: this.#percentile(0.5), p95: this.#percentile(0.95), max: this.#percentile(1) },
    };
  }

  #find(finding: Finding, row: number): void {
    const found = this.#findings.get(finding) ?? new Rows();
    found.add(row);
    this.#findings.set(finding, found);
  }

  #trainsAnEnd(labels: Int32Array): boolean {
    return labels.some(label => label !== IGNORE_INDEX && this.#endOfGenerationIds.has(label));
  }

  /** Nearest rank: the smallest length that at least `share` of the kept examples do not exceed. */
  #percentile(share: number): number {
    const wanted = Math.max(1, Math.ceil(this.#kept * share));
    let seen = 0;
    for (const length of [...this.#lengthBuckets.keys()].sort((a, b) => a - b)) {
      seen += this.#lengthBuckets.get(length) ?? 0;
      if (seen >= wanted) return length;
    }
    return 0;
  }
}

function perReason<T>(initial: (reason: DropReason) => T): Record<DropReason, T> {
  return Object.fromEntries(DROP_REASONS.map(reason => [reason, initial(reason)])) as Record<DropReason, T>;
}

function count<K>(counts: Map<K, number>, key: K): void {
  counts.set(key, (counts.get(key) ?? 0) + 1);
}
