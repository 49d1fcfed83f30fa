/**
 * Makes files of this machine the draft's: a recipe takes its place, a model and data files become its own, all in one
 * step of undo.
 */
import { useState } from 'react';
import type { CodedError } from '../../../src-shared/contract/coded-error.ts';
import { useBackend } from '../../backend-client/backend-context.tsx';
import { type DraftRecipe, withValues } from '../../draft/recipe-values.ts';
import { useDraft } from '../../draft/use-draft.tsx';
import { type StepName, wizardStrings } from '../../strings/wizard.ts';
import { useAnnounce } from '../../ui/announcer.tsx';
import { type SortedFiles, sortFiles } from './sort-files.ts';

const strings = wizardStrings.intake;

/** A recipe without its folder, whose relative paths lead nowhere until that is named. */
export interface Homeless {
  readonly recipe: string;
  readonly names: readonly string[];
  openFrom(folder: string): void;
  leave(): void;
}

export interface TakeFiles {
  readonly notice: string;
  readonly error: CodedError | null;
  readonly homeless: Homeless | null;
  say(text: string): void;
  fail(error: CodedError): void;
  clear(): void;
  /**
   * `isCopied`: they are copies in the data folder, and a recipe among them is not where its relative paths begin.
   * `left`: what has come along and is of no use, to be named.
   */
  take(paths: readonly string[], isCopied: boolean, left?: SortedFiles<unknown>['left']): void;
}

export function useTakeFiles(go: (step: StepName) => void): TakeFiles {
  const { store } = useDraft();
  const client = useBackend();
  const announce = useAnnounce();
  const [notice, setNotice] = useState('');
  const [error, setError] = useState<CodedError | null>(null);
  const [homeless, setHomeless] = useState<Homeless | null>(null);

  const clear = () => {
    setNotice('');
    setError(null);
    setHomeless(null);
  };
  const say = (text: string) => {
    clear();
    setNotice(text);
    announce(text);
  };
  const fail = (fault: CodedError) => {
    clear();
    setError(fault);
  };

  const open = async (recipe: string, files: SortedFiles<string>, isCopied: boolean, folder?: string) => {
    const outcome = await client.call('recipe.open', {
      kind: 'file',
      path: recipe,
      ...(folder === undefined ? {} : { folder }),
    });
    if (!outcome.ok) return fail(outcome.error);
    const values = valuesOf(files);
    const nowhere = outcome.value.relativePaths.filter(({ key }) => !Object.hasOwn(values, key));
    if (isCopied && folder === undefined && nowhere.length > 0) {
      clear();
      announce(strings.homeless(recipe));
      return setHomeless({
        recipe,
        names: nowhere.map(({ path }) => path),
        openFrom: chosen => void open(recipe, files, isCopied, chosen),
        leave: clear,
      });
    }
    // A copy is not the user's file: saving asks where to.
    const { recipe: opened, parent } = outcome.value;
    store.replace(withValues(opened as DraftRecipe, values), isCopied ? null : recipe, parent);
    go('preflight');
    say(sentences(files));
  };

  const take = (paths: readonly string[], isCopied: boolean, left: SortedFiles<unknown>['left'] = []) => {
    const sorted = sortFiles(paths, path => path);
    const files = { ...sorted, left: [...sorted.left, ...left] };
    const { recipe, model, data } = files;
    if (recipe !== null) return void open(recipe, files, isCopied);
    if (model !== null || data.length > 0) {
      store.set(valuesOf(files));
      go(data.length > 0 ? 'data' : 'model');
    }
    say(sentences(files));
  };
  return { notice, error, homeless, say, fail, clear, take };
}

function valuesOf({ model, data }: SortedFiles<string>): Record<string, unknown> {
  return {
    ...(model === null ? {} : { 'model.path': model }),
    ...(data.length === 0 ? {} : { 'dataset.path': data.length === 1 ? data[0] : data }),
  };
}

function sentences({ recipe, model, data, left }: SortedFiles<string>): string {
  return [
    ...(recipe === null ? [] : [strings.taken.recipe(recipe)]),
    ...(model === null ? [] : [strings.taken.model(model)]),
    ...(data.length === 0 ? [] : [strings.taken.data(data)]),
    ...left.map(({ name, why }) => strings.left[why](name)),
  ].join(' ');
}
