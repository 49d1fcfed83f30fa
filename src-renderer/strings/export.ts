/** Every sentence of the export panel. Sizes and counts arrive formatted. */
import type { ExportFormat } from '../../src-shared/domain/export.ts';

export const exportStrings = {
  title: 'Export',
  format: 'Format',
  formats: {
    'gguf-adapter': {
      name: 'Adapter (GGUF)',
      help: 'A small file that stands beside the base model. For llama.cpp, LM Studio and other programs that load LoRA adapters.',
    },
    gguf: {
      name: 'Merged model (GGUF)',
      help: 'Base and adapter as one model. For llama.cpp, LM Studio, Jan, GPT4All: every program that opens GGUF files.',
    },
    ollama: {
      name: 'Ollama folder',
      help: 'The merged model with a Modelfile, template and stop words included. Then: ollama create NAME -f Modelfile.',
    },
    peft: {
      name: 'PEFT folder',
      help: 'The adapter as Hugging Face’s PEFT and transformers load it, in Python.',
    },
    trl: {
      name: 'Training folder for TRL',
      help: 'What this run trains on, with a script that trains it in Python on another machine. Holds no weights.',
    },
  } satisfies Record<ExportFormat, { name: string; help: string }>,
  which: 'Adapter',
  models: { tuned: 'Last step', best: 'Best evaluation' },
  weightType: 'Type of the weights',
  keep: 'as in the base',
  weightHelp:
    'Fewer bits make a smaller and faster model that predicts less exactly: F16 is nearly exact, Q8_0 very close, Q4_K_M a usual choice.',
  folder: 'Folder',
  folderHelp: 'Where the export goes. Its files are made aside and appear only when they are verified.',
  name: 'Name',
  planning: 'Looking at the place',
  noFolder: (folder: string) => `There is no folder ${folder}.`,
  taken: (target: string) => `${target} is there already.`,
  replace: 'Replace it',
  needs: (needed: string, free: string) => `Needs ${needed} while it is written; ${free} are free there.`,
  needsOnly: (needed: string) => `Needs ${needed} while it is written.`,
  free: (free: string) => `${free} are free there.`,
  noSpace: 'There is not enough space. Free some, or choose a folder on another disk.',
  start: 'Export',
  cancel: 'Cancel',
  running: 'Exporting',
  stays: 'It goes on while you look at other pages; closing the studio cancels it.',
  phase: (phase: string, done: string, total: string | null) =>
    `${phase}${done === '0' ? '' : total === null ? ` ${done}` : ` ${done} of ${total}`}`,
  cancelled: 'The export was cancelled. Nothing was changed.',
  done: 'Exported and verified',
  predictions: (tokens: string, same: string, difference: string) =>
    `Loaded again by llama.cpp and compared with base and adapter on ${tokens} tokens: the likeliest next token is the same on ${same}, log probabilities differ by at most ${difference}.`,
  labels: (examples: string, tokens: string) =>
    `Read again: ids and labels of ${tokens} tokens in ${examples} examples are those of the run.`,
  show: 'Show in folder',
  copy: 'Copy the path',
  copied: 'The path was copied.',
  notCopied: 'The path was not copied; select it instead.',
};
