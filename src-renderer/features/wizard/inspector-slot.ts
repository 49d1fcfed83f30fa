/** What the wizard gives the token inspector, which is a feature of its own and put in from outside. */
import type { ReactNode } from 'react';
import type { Recipe } from '../../../src-shared/recipe/schema.ts';

/** A check's id, and one of its rows. */
export interface WantedFinding {
  readonly row: number;
  readonly check: string;
}

export interface InspectorSlot {
  readonly recipe: Recipe | null;
  readonly preparedId: string | null;
  readonly totalRows: number | null;
  readonly fileName: string;
  readonly row: number;
  readonly findings: readonly string[];
  /** A finding whose token is to be shown and focused; null once that is done. */
  readonly wanted: WantedFinding | null;
  readonly children?: ReactNode;
  onRow(row: number): void;
  onShown(): void;
}

export type RenderInspector = (slot: InspectorSlot) => ReactNode;
