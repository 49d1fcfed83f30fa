/** Keeps the curves that are shown as a picture: PNG or SVG, in the colours of the theme. */
import { ImageDown } from 'lucide-react';
import { useState } from 'react';
import { outcomeOf } from '../../../src-shared/comparison/compare-runs.ts';
import { useCommand } from '../../commands/use-commands.tsx';
import { downloadBlob, downloadText } from '../../files/save-text.ts';
import { formatLoss } from '../../format/numbers.ts';
import { formatAxis } from '../../plots/axis-format.ts';
import { drawCurves } from '../../plots/curves-picture.ts';
import { asRgb, type Picture, pictureAsPng, pictureAsSvg } from '../../plots/picture.ts';
import { resolvePlotColours } from '../../plots/plot-colours.ts';
import type { Axis, PlotPoints, Zoom } from '../../plots/plot-data.ts';
import { compareStrings as strings } from '../../strings/compare.ts';
import { plotStrings } from '../../strings/plots.ts';
import { useAnnounce } from '../../ui/announcer.tsx';
import { Button } from '../../ui/button.tsx';
import type { ComparedRun, Measure } from './compare-runs.ts';
import type { RunLook } from './run-looks.ts';

interface ShownCurves {
  readonly measure: Measure;
  readonly axis: Axis;
  /** The name of the run that the others are relative to. */
  readonly baseline: string | null;
  readonly range: Zoom;
  readonly isLog: boolean;
  readonly runs: readonly ComparedRun[];
  /** As many as runs, in their order. */
  readonly looks: readonly RunLook[];
  readonly lines: readonly PlotPoints[];
  /** Where the theme's colours hold. */
  readonly within: HTMLElement | null;
}

/** More pixels than the picture has points, for screens and print. */
const SCALE = 2;

export function PictureButtons({ picture }: { picture(): ShownCurves }) {
  const announce = useAnnounce();
  const [note, setNote] = useState('');
  const say = (words: string) => {
    setNote(words);
    announce(words);
  };
  const save = async (kind: 'png' | 'svg') => {
    const drawn = drawComparison(picture());
    const name = `${strings.fileName}.${kind}`;
    if (kind === 'svg') downloadText(name, pictureAsSvg(drawn), 'image/svg+xml');
    else {
      const blob = await pictureAsPng(drawn, SCALE);
      if (blob === null) return say(strings.notDrawn);
      downloadBlob(name, blob);
    }
    say(strings.savedPicture(name));
  };
  const png = useCommand({
    id: 'compare.savePng',
    title: strings.savePng,
    enabled: true,
    run: () => void save('png'),
  });
  const svg = useCommand({
    id: 'compare.saveSvg',
    title: strings.saveSvg,
    enabled: true,
    run: () => void save('svg'),
  });
  return (
    <>
      {note !== '' && <span className="quiet small">{note}</span>}
      <Button variant="quiet" icon={ImageDown} onClick={png.run}>
        {png.title}
      </Button>
      <Button variant="quiet" icon={ImageDown} onClick={svg.run}>
        {svg.title}
      </Button>
    </>
  );
}

function drawComparison({
  measure,
  axis,
  baseline,
  range,
  isLog,
  runs,
  looks,
  lines,
  within,
}: ShownCurves): Picture {
  const element = within ?? document.body;
  const colours = resolvePlotColours(element);
  const best = (run: ComparedRun) => outcomeOf(run, measure === 'evaluation' ? 'bestEvaluation' : 'lastLoss');
  const outcome = strings.outcomes[measure === 'evaluation' ? 'bestEvaluation' : 'lastLoss'].toLowerCase();
  return drawCurves({
    title: strings.pictureTitle(strings.measures[measure], baseline),
    axisTitle: plotStrings.axes[axis],
    range,
    isLog,
    formatX: formatAxis[axis],
    colours: {
      surface: asRgb(colours.surface),
      axis: asRgb(colours.axis),
      grid: asRgb(colours.grid),
      text: asRgb(getComputedStyle(element).color),
    },
    curves: runs.map((run, i) => {
      const value = best(run);
      const look = looks[i];
      return {
        name: look?.label ?? run.name,
        note: value === null ? '' : `${outcome} ${formatLoss(value)}`,
        points: lines[i] ?? { x: new Float64Array(), y: new Float64Array() },
        colour: asRgb(colours[look?.colour ?? 'smooth']),
        dash: look?.dash ?? [],
        isSparse: measure === 'evaluation',
      };
    }),
  });
}
