/** Template variables that were left in the data: `{{name}}`, `[YOUR NAME]`. */

const PLACEHOLDER =
  /\{\{\s*[A-Za-z_][\w.]*\s*\}\}|\[(?:[A-Z]+[ _])*(?:NAME|DATE|EMAIL|ADDRESS|PHONE|COMPANY|CITY|PLACEHOLDER)\]/;

export function hasPlaceholder(text: string): boolean {
  return PLACEHOLDER.test(text);
}
