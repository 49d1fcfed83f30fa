/** The sentences of the Settings page. */

export const settingsStrings = {
  title: 'Settings',
  lead: 'They hold for this data folder, in a window, a browser and on the command line. Each applies at once.',
  appearance: 'Appearance',
  themeHelp: 'System follows the light or dark mode of your machine.',
  notify: {
    title: 'Notifications',
    label: 'Tell me when a run ends',
    help: 'By a notification of your system, where the studio is not in front. On a page of the studio the news stands above it.',
    states: {
      granted: '',
      default: 'The browser asks you once for its permission.',
      denied:
        'The browser has been told to refuse them. Allow notifications in its settings of this page, then reload.',
      unsupported: 'This browser has none.',
    },
  },
  folders: {
    title: 'Model folders',
    help: 'Looked through for GGUF files, with the folders below them. The places of LM Studio, Ollama, Hugging Face, llama.cpp, Jan and GPT4All are looked through anyway.',
    none: 'No folder is added yet.',
    missing: 'not there now',
    list: 'Folders that are looked through',
    remove: (folder: string) => `Take out ${folder}`,
    removed: (folder: string) => `${folder} is not looked through any more. Its files stay.`,
    undo: 'Undo',
    add: 'Look in a folder as well',
    addHelp: 'With the folders below it. Its files are only read.',
    addButton: 'Add folder',
    added: (folder: string) => `${folder} is looked through from now on.`,
  },
  file: {
    title: 'Where they are kept',
    settings: 'Settings',
    home: 'Data folder',
    show: 'Show in the file manager',
    whole: 'The settings cannot be read',
    wholeCause: (path: string) => `${path} is no JSON object. Every setting counts as not set.`,
    keys: 'A setting cannot be read',
    keysCause: (keys: string, path: string) =>
      `${keys} in ${path} is no value that is allowed, and counts as not set.`,
    remedy:
      'The next change makes it whole again and keeps the old file beside it, with .damaged behind its name.',
  },
};
