/** How each of several runs is drawn: neighbours by colour and dash; runs of one group share a colour. Pure. */
import type { SweepGroup } from '../../../src-shared/comparison/sweep.ts';
import type { PlotColour } from '../../plots/plot-colours.ts';
import { compareStrings as strings } from '../../strings/compare.ts';
import type { ComparedRun } from './compare-runs.ts';

/** Runs grouped by a setting. */
export interface Sweep {
  readonly key: string;
  readonly groups: readonly SweepGroup<ComparedRun>[];
}

export interface RunLook {
  readonly id: string;
  /** In the legend. */
  readonly label: string;
  readonly colour: PlotColour;
  /** The same colour as a value of CSS. */
  readonly variable: string;
  readonly dash: readonly number[];
}

const COLOURS: readonly PlotColour[] = ['smooth', 'second', 'third', 'fourth', 'fifth'];
const DASHES: readonly (readonly number[])[] = [[], [6, 4], [2, 3], [10, 3, 2, 3]];

/** Without groups, twenty runs go by before a pair of colour and dash comes again. */
export function runLooks(runs: readonly ComparedRun[], sweep: Sweep | null): readonly RunLook[] {
  return runs.map(({ id, name }, place) => {
    const group =
      sweep?.groups.findIndex(({ runs: members }) => members.some(member => member.id === id)) ?? -1;
    const members = sweep?.groups[group]?.runs ?? [];
    const [colour, dash] = sweep ? [group, members.findIndex(member => member.id === id)] : [place, place];
    const at = Math.max(0, colour) % COLOURS.length;
    return {
      id,
      label: sweep ? `${name} ${strings.inGroup(sweep.groups[group]?.value ?? strings.unset)}` : name,
      colour: COLOURS[at] ?? 'smooth',
      variable: `var(--series-${at + 1})`,
      dash: DASHES[Math.max(0, dash) % DASHES.length] ?? [],
    };
  });
}
