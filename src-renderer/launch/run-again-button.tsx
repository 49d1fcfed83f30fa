/** The button that trains a past run once more, with what it has to say beside it. */
import { Repeat } from 'lucide-react';
import { CommandButton } from '../commands/command-button.tsx';
import { useCommand } from '../commands/use-commands.tsx';
import { familyStrings as strings } from '../strings/family.ts';
import { useRunAgain } from './use-run-again.tsx';

export function RunAgainButton({ id }: { readonly id: string }) {
  const { isStarting, start, notice, question } = useRunAgain(id);
  const again = useCommand({
    id: 'run.again',
    title: isStarting ? strings.starting : strings.again,
    enabled: !isStarting,
    run: start,
  });
  return (
    <>
      <CommandButton command={again} icon={Repeat} />
      {notice}
      {question}
    </>
  );
}
