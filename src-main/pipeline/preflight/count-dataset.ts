/** Adds up what preflight needs while examples stream by, in memory that does not grow with them. */

import type { Finding } from '../../../src-shared/domain/conversation.ts';
import {
  countTrainableTokens,
  DROP_REASONS,
  type DropReason,
  IGNORE_INDEX,
  type LabelledExample,
} from '../../../src-shared/domain/labels.ts';
import type { PreflightTotals } from '../../../src-shared/domain/preflight.ts';
import { type DatasetCounts, SHOWN_ROWS } from './check-dataset.ts';
import type { FindingCounts } from './check-findings.ts';

/** Longer examples than this share one bucket when percentiles are read off. */
const LONGEST_BUCKET = 1 << 20;

export class DatasetCounter {
  readonly #endOfGenerationIds: ReadonlySet<number>;
  readonly #dropped = perReason(() => 0);
  readonly #droppedRows = perReason<number[]>(() => []);
  readonly #droppedProblems = perReason(() => '');
  readonly #lengths = new Map<number, number>();
  readonly #truncatedRows: number[] = [];
  readonly #findings = new Map<Finding, { count: number; rows: number[] }>();
  #examples = 0;
  #kept = 0;
  #tokens = 0;
  #trainableTokens = 0;
  #truncated = 0;
  #endTrained = 0;

  constructor(endOfGenerationIds: ReadonlySet<number>) {
    this.#endOfGenerationIds = endOfGenerationIds;
  }

  add(example: LabelledExample): void {
    this.#examples++;
    if (example.truncatedTokens > 0) {
      this.#truncated++;
      if (this.#truncatedRows.length < SHOWN_ROWS) this.#truncatedRows.push(example.row);
    }
    for (const finding of new Set(example.findings)) this.#find(finding, example.row);
    if (example.dropped) {
      this.#drop(example.dropped, example.row, example.problem);
      return;
    }
    this.#kept++;
    this.#tokens += example.inputIds.length;
    this.#trainableTokens += countTrainableTokens(example.labels);
    const bucket = Math.min(example.inputIds.length, LONGEST_BUCKET);
    this.#lengths.set(bucket, (this.#lengths.get(bucket) ?? 0) + 1);
    if (this.#trainsAnEnd(example.labels)) this.#endTrained++;
  }

  counts(trainingExamples: number): DatasetCounts {
    return {
      examples: this.#examples,
      kept: this.#kept,
      trainableTokens: this.#trainableTokens,
      truncatedExamples: this.#truncated,
      dropped: this.#dropped,
      droppedRows: this.#droppedRows,
      droppedProblems: this.#droppedProblems,
      truncatedRows: this.#truncatedRows,
      trainingExamples,
      endTrainedExamples: this.#endTrained,
    };
  }

  findings(): FindingCounts {
    return this.#findings;
  }

  totals(steps: number): PreflightTotals {
    const dropped = Object.entries(this.#dropped).filter(([, count]) => count > 0);
    return {
      examples: this.#examples,
      kept: this.#kept,
      dropped: Object.fromEntries(dropped),
      tokens: this.#tokens,
      trainableTokens: this.#trainableTokens,
      truncatedExamples: this.#truncated,
      steps,
      lengths: { p50: this.#percentile(0.5), p95: this.#percentile(0.95), max: this.#percentile(1) },
    };
  }

  #drop(reason: DropReason, row: number, problem: string): void {
    this.#dropped[reason]++;
    if (this.#droppedProblems[reason] === '') this.#droppedProblems[reason] = `row ${row}: ${problem}`;
    if (this.#droppedRows[reason].length < SHOWN_ROWS) this.#droppedRows[reason].push(row);
  }

  #find(finding: Finding, row: number): void {
    const found = this.#findings.get(finding) ?? { count: 0, rows: [] };
    found.count++;
    if (found.rows.length < SHOWN_ROWS) found.rows.push(row);
    this.#findings.set(finding, found);
  }

  #trainsAnEnd(labels: Int32Array): boolean {
    return labels.some(label => label !== IGNORE_INDEX && this.#endOfGenerationIds.has(label));
  }

  /** Nearest rank: the smallest length that at least `share` of the kept examples do not exceed. */
  #percentile(share: number): number {
    const wanted = Math.max(1, Math.ceil(this.#kept * share));
    let seen = 0;
    for (const length of [...this.#lengths.keys()].sort((a, b) => a - b)) {
      seen += this.#lengths.get(length) ?? 0;
      if (seen >= wanted) return length;
    }
    return 0;
  }
}

function perReason<T>(initial: () => T): Record<DropReason, T> {
  return Object.fromEntries(DROP_REASONS.map(reason => [reason, initial()])) as Record<DropReason, T>;
}
