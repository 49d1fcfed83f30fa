/** The words for what users write about runs: names, tags and notes. Numbers arrive formatted. */

export const annotateStrings = {
  title: 'Name, tags and note',
  name: 'Name',
  note: 'Note',
  noteHint: 'Markdown: **bold**, `code`, - lists, [links](https://…)',
  noteView: 'How the note is shown',
  write: 'Write',
  preview: 'Preview',
  noNote: 'Nothing is written yet.',
  addNote: 'Add a note',
  editNote: 'Edit the note',
  done: 'Done',
  tags: 'Tags',
  addTag: 'Add a tag',
  removeTag: (tag: string) => `Remove the tag ${tag}`,
  tagShare: (count: string, total: string) => `${count} of ${total}`,
};
