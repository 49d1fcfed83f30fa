/** The run that this one comes from, and those that come from it. */
import { adapterOfParent, type RunDetails } from '../../../src-shared/domain/run.ts';
import { hrefOf } from '../../router.ts';
import { familyStrings as strings } from '../../strings/family.ts';
import { Card } from '../../ui/card.tsx';
import { RunStatusWord } from '../../ui/run-status.tsx';

type Relatives = Pick<RunDetails, 'parent' | 'parentName' | 'children' | 'recipe'>;

/** Nothing at all where the run stands alone. */
export function FamilyCard({ record }: { readonly record: Relatives }) {
  const { parent, parentName, children, recipe } = record;
  const adapter = parent?.kind === 'continued' ? adapterOfParent(recipe) : null;
  if (parent === null && children.length === 0) return null;
  return (
    <Card title={strings.title} className="family-card">
      <ul className="card-body family">
        {parent && (
          <li>
            <span className="soft">{strings.from[parent.kind]}</span>{' '}
            {parentName === null ? (
              strings.gone(parent.id)
            ) : (
              <a href={hrefOf({ page: 'run', id: parent.id })}>{parentName}</a>
            )}{' '}
            {adapter && <span className="soft">{strings.withAdapter[adapter]}</span>}
          </li>
        )}
        {children.map(({ id, name, kind, status }) => (
          <li key={id}>
            <span className="soft">{strings.to[kind]}</span> <a href={hrefOf({ page: 'run', id })}>{name}</a>{' '}
            <RunStatusWord status={status} />
          </li>
        ))}
      </ul>
    </Card>
  );
}
