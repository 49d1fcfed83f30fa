/** The buttons that make a past run the beginning of another one. */
import { CopyPlus, FastForward, FileDown } from 'lucide-react';
import type { RunDetails } from '../../src-shared/domain/run.ts';
import { CommandButton } from '../commands/command-button.tsx';
import { ErrorCallout } from '../ui/callout.tsx';
import type { LeftAdapters } from './adapter-question.tsx';
import { useReuse } from './use-reuse.tsx';

interface ReuseButtonsProps extends LeftAdapters {
  readonly record: Pick<RunDetails, 'id' | 'name' | 'recipe'>;
}

export function ReuseButtons({ record, ...left }: ReuseButtonsProps) {
  const { clone, goOn, save, error, question } = useReuse(record, left);
  return (
    <>
      <CommandButton command={clone} icon={CopyPlus} />
      {goOn && <CommandButton command={goOn} icon={FastForward} />}
      <CommandButton command={save} icon={FileDown} />
      {error && <ErrorCallout error={error} />}
      {question}
    </>
  );
}
