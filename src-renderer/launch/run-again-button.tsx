/** The button that trains a past run once more, with what it has to say beside it. */
import { Repeat } from 'lucide-react';
import { CommandButton } from '../commands/command-button.tsx';
import { useRunAgain } from './use-run-again.tsx';

export function RunAgainButton({ id }: { readonly id: string }) {
  const { command, notice, question } = useRunAgain(id);
  return (
    <>
      <CommandButton command={command} icon={Repeat} />
      {notice}
      {question}
    </>
  );
}
