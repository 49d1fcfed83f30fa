/**
 * Files that come to the studio by themselves, on any page: dropped into the window, or recipes that the system opens.
 * A recipe takes the draft's place, a model or a data file becomes the draft's; undo brings back what was.
 */
import { X } from 'lucide-react';
import { useEffect, useRef, useState } from 'react';
import type { CodedError } from '../../../src-shared/contract/coded-error.ts';
import { kindOfFile } from '../../../src-shared/domain/dropped-file.ts';
import { useBackend } from '../../backend-client/backend-context.tsx';
import { desktop } from '../../backend-client/desktop.ts';
import { useDesktopRequest } from '../../backend-client/desktop-requests.ts';
import type { DraftRecipe } from '../../draft/recipe-values.ts';
import { useDraft } from '../../draft/use-draft.tsx';
import { formatBytes } from '../../format/numbers.ts';
import { type StepName, wizardStrings } from '../../strings/wizard.ts';
import { useAnnounce } from '../../ui/announcer.tsx';
import { Button, IconButton } from '../../ui/button.tsx';
import { ErrorCallout } from '../../ui/callout.tsx';
import { NoticeBar } from '../../ui/notice-bar.tsx';
import { Progress } from '../../ui/progress.tsx';
import { type HandOver, useHandOver } from './use-hand-over.ts';

const strings = wizardStrings.intake;

interface FileIntakeProps {
  go(step: StepName): void;
}

/** Shows only what it has to say. */
export function FileIntake({ go }: FileIntakeProps) {
  const { store } = useDraft();
  const client = useBackend();
  const announce = useAnnounce();
  const [notice, setNotice] = useState('');
  const [error, setError] = useState<CodedError | null>(null);

  const say = (text: string) => {
    setError(null);
    setNotice(text);
    announce(text);
  };
  const take = async (path: string) => {
    const kind = kindOfFile(path);
    if (kind === null) return say(strings.unknown(path));
    if (kind === 'recipe') {
      const outcome = await client.call('recipe.open', { kind: 'file', path });
      if (!outcome.ok) {
        setNotice('');
        setError(outcome.error);
        return;
      }
      store.replace(outcome.value.recipe as DraftRecipe, outcome.value.path);
    } else store.set({ [kind === 'model' ? 'model.path' : 'dataset.path']: path });
    go(kind === 'data' ? 'data' : 'model');
    say(strings.taken[kind](path));
  };
  const over = useHandOver();
  const takeDropped = (files: FileList) => {
    const [file] = files;
    if (!file) return;
    if (kindOfFile(file.name) === null) return say(strings.unknown(file.name));
    if (!desktop) {
      setNotice('');
      setError(null);
      over.start(file, path => void take(path), setError);
      return;
    }
    const path = desktop.pathOf(file);
    if (path !== '') void take(path);
    else say(strings.nowhere);
  };

  const current = useRef({ take, takeDropped });
  current.current = { take, takeDropped };
  useEffect(() => {
    const keepPage = (event: DragEvent) => event.preventDefault();
    const drop = (event: DragEvent) => {
      event.preventDefault();
      if (event.dataTransfer?.files.length) current.current.takeDropped(event.dataTransfer.files);
    };
    window.addEventListener('dragover', keepPage);
    window.addEventListener('drop', drop);
    return () => {
      window.removeEventListener('dragover', keepPage);
      window.removeEventListener('drop', drop);
    };
  }, []);
  useDesktopRequest('recipe', ({ path }) => void current.current.take(path));

  if (over.current) return <HandOverBar handOver={over.current} onCancel={over.cancel} />;
  if (error) {
    return (
      <div className="notice-bar">
        <ErrorCallout error={error}>
          <IconButton label={strings.dismiss} icon={X} onClick={() => setError(null)} />
        </ErrorCallout>
      </div>
    );
  }
  if (notice === '') return null;
  return (
    <NoticeBar dismiss={strings.dismiss} onDismiss={() => setNotice('')}>
      <p className="grow">{notice}</p>
    </NoticeBar>
  );
}

function HandOverBar({ handOver, onCancel }: { readonly handOver: HandOver; onCancel(): void }) {
  const { name, received, bytes } = handOver;
  const label = strings.takingOver(name);
  const figures = strings.received(formatBytes(received), formatBytes(bytes));
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
