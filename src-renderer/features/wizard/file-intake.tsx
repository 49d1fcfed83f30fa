/** Files that come to the studio by themselves, on any page: dropped into the window, or recipes that the system opens. */
import { X } from 'lucide-react';
import { useEffect, useRef } from 'react';
import { desktop } from '../../backend-client/desktop.ts';
import { useDesktopRequest } from '../../backend-client/desktop-requests.ts';
import { takeDrops } from '../../files/dropped-files.ts';
import { formatBytes, formatCount } from '../../format/numbers.ts';
import { type StepName, wizardStrings } from '../../strings/wizard.ts';
import { Button, IconButton } from '../../ui/button.tsx';
import { ErrorCallout } from '../../ui/callout.tsx';
import { NoticeBar } from '../../ui/notice-bar.tsx';
import { Progress } from '../../ui/progress.tsx';
import { HomelessRecipe } from './homeless-recipe.tsx';
import { sortFiles } from './sort-files.ts';
import { type HandOver, useHandOver } from './use-hand-over.ts';
import { useTakeFiles } from './use-take-files.ts';

const strings = wizardStrings.intake;

interface FileIntakeProps {
  go(step: StepName): void;
}

/** Shows only what it has to say. */
export function FileIntake({ go }: FileIntakeProps) {
  const taken = useTakeFiles(go);
  const over = useHandOver();
  const takeDropped = (files: readonly File[]) => {
    if (desktop) {
      const paths = files.map(desktop.pathOf).filter(path => path !== '');
      return paths.length > 0 ? taken.take(paths, false) : taken.say(strings.nowhere);
    }
    // What is of no use is not copied.
    const { recipe, model, data, left } = sortFiles(files, ({ name }) => name);
    const wanted = [recipe, model, ...data].filter(file => file !== null);
    if (wanted.length === 0) return taken.take([], true, left);
    taken.clear();
    over.start(wanted, paths => taken.take(paths, true, left), taken.fail);
  };

  const current = useRef({ take: taken.take, takeDropped });
  current.current = { take: taken.take, takeDropped };
  useEffect(() => takeDrops(files => current.current.takeDropped(files)), []);
  useDesktopRequest('recipe', ({ path }) => current.current.take([path], false));

  if (over.current) return <HandOverBar handOver={over.current} onCancel={over.cancel} />;
  if (taken.homeless) return <HomelessRecipe homeless={taken.homeless} />;
  if (taken.error) {
    return (
      <div className="notice-bar">
        <ErrorCallout error={taken.error}>
          <IconButton label={strings.dismiss} icon={X} onClick={taken.clear} />
        </ErrorCallout>
      </div>
    );
  }
  if (taken.notice === '') return null;
  return (
    <NoticeBar dismiss={strings.dismiss} onDismiss={taken.clear}>
      <p className="grow wrap">{taken.notice}</p>
    </NoticeBar>
  );
}

function HandOverBar({ handOver, onCancel }: { readonly handOver: HandOver; onCancel(): void }) {
  const { name, place, files, received, bytes } = handOver;
  const label = strings.takingOver(name);
  const sizes = strings.received(formatBytes(received), formatBytes(bytes));
  const figures = files === 1 ? sizes : strings.ofFiles(formatCount(place), formatCount(files), sizes);
  return (
    <div className="notice-bar notice-bar-plain">
      <p className="clip">{label}</p>
      <div className="grow">
        <Progress label={label} valueText={figures} value={received} max={bytes} />
      </div>
      <p className="small num">{figures}</p>
      <Button onClick={onCancel}>{strings.cancel}</Button>
    </div>
  );
}
