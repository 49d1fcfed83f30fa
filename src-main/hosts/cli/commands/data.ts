/** `luthier dataset` and `luthier render`: what stands in a file, and what a template makes of it. */
import { readFileSync } from 'node:fs';
import { CodedException, orThrow } from '../../../../src-shared/contract/coded-error.ts';
import type { CommandContext } from '../command-context.ts';
import { EXIT, type ExitCode } from '../exit-codes.ts';
import { openRecipe, type RecipeArgument } from '../open-recipe.ts';

export async function inspectCommand(context: CommandContext, file: string): Promise<ExitCode> {
  const { output, parts, signal } = context;
  const inspected = orThrow(
    await parts.workers.preparer.inspect([context.at(file)], { signal, onProgress: output.progress }),
  );
  if (output.json) await output.document(inspected);
  output.text(
    [
      `Format         ${inspected.format ?? 'unknown'}`,
      `Rows           ${inspected.rows}`,
      `Conversations  ${inspected.conversations}`,
      `Columns        ${inspected.columns.join(', ')}`,
      `Roles          ${Object.entries(inspected.roles)
        .map(([role, count]) => `${role} ${count}`)
        .join(', ')}`,
      ...Object.entries(inspected.mapping.columns).map(
        ([part, { column, reason }]) => `  ${part} is \`${column}\` (${reason})`,
      ),
      ...Object.entries(inspected.mapping.roles).map(
        ([name, { role, reason }]) => `  ${name} is ${role ?? 'not mapped'} (${reason})`,
      ),
      ...inspected.warnings.map(({ message }) => `Warning        ${message}`),
      `Problems       ${inspected.problemCount}`,
      ...inspected.problems.slice(0, 20).map(({ line, message }) => `  line ${line}: ${message}`),
    ].join('\n'),
  );
  return EXIT.done;
}

export async function renderCommand(
  context: CommandContext,
  argument: RecipeArgument,
  options: { readonly row: number; readonly context?: string },
): Promise<ExitCode> {
  const { output, parts, signal } = context;
  const recipe = openRecipe(context, argument);
  const source =
    options.context === undefined
      ? { row: options.row }
      : { contextJson: readText(context.at(options.context)) };
  const rendered = orThrow(await parts.workers.preparer.render(recipe, source, { signal }));
  if (output.json) await output.document(rendered);
  output.text(rendered.text);
  return EXIT.done;
}

function readText(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch (error) {
    throw new CodedException({
      code: 'arguments.notReadable',
      title: 'A file of the arguments cannot be read.',
      cause: error instanceof Error ? error.message : String(error),
      remedy: 'Check the path.',
    });
  }
}
