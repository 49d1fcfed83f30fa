/** What the wizard gives the token inspector, which is a feature of its own and put in from outside. */
import type { ReactNode } from 'react';
import type { Recipe } from '../../../src-shared/recipe/schema.ts';

export interface InspectorSlot {
  readonly recipe: Recipe | null;
  readonly preparedId: string | null;
  readonly totalRows: number | null;
  readonly fileName: string;
  readonly row: number;
  readonly findings: readonly string[];
  readonly children?: ReactNode;
  onRow(row: number): void;
}

export type RenderInspector = (slot: InspectorSlot) => ReactNode;
