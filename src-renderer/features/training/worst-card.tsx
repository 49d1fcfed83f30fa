/** Leads from a finished run to the rows at which it is worst. */
import { useCommand } from '../../commands/use-commands.tsx';
import { worstStrings as strings } from '../../strings/worst.ts';
import { Card } from '../../ui/card.tsx';

export function WorstCard({ href }: { readonly href: string }) {
  useCommand({
    id: 'run.worst',
    title: strings.open,
    enabled: true,
    run: () => {
      window.location.hash = href;
    },
  });
  return (
    <Card
      title={strings.title}
      actions={
        <a className="btn" href={href}>
          {strings.open}
        </a>
      }
    >
      <p className="card-body small soft">{strings.help}</p>
    </Card>
  );
}
