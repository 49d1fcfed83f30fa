/** What can be clicked on a page and not be reached by keyboard; runs in the page. */

/** What is asked of an element; specs are checked without the types of a page. */
interface PageElement {
  readonly id: string;
  readonly tabIndex: number;
  readonly parentElement: PageElement | null;
  readonly outerHTML: string;
  readonly innerHTML: string;
  /** Of a label. */
  readonly control?: PageElement | null;
  closest(selector: string): PageElement | null;
  matches(selector: string): boolean;
  getAttribute(name: string): string | null;
  checkVisibility(options: { readonly visibilityProperty: boolean }): boolean;
  querySelector(selector: string): PageElement | null;
  querySelectorAll(selector: string): Iterable<PageElement>;
}

interface PageBody extends PageElement {
  readonly ownerDocument: {
    readonly defaultView: { getComputedStyle(element: PageElement): { readonly cursor: string } };
  };
}

/**
 * Looks at whatever shows a pointing hand or has a control's role. It must be, be part of, or be the label of something
 * that takes the focus; where the focus moves inside a group by arrow keys, the group must have it or a place in the tab
 * order.
 * Gives the opening tags of those for which that does not hold.
 */
export function outOfReach(body: PageBody): string[] {
  const CONTROLS = 'a[href], button, input, select, textarea, summary, [tabindex]:not(main)';
  const ROLES = ['button', 'link', 'tab', 'option', 'menuitem', 'checkbox', 'radio', 'switch', 'slider'];
  const GROUPS =
    '[role=listbox], [role=radiogroup], [role=menu], [role=menubar], [role=tablist], [role=grid]';
  const { defaultView: view } = body.ownerDocument;

  const takesFocus = (element: PageElement) => element.tabIndex >= 0 && element.closest('[inert]') === null;
  const isDisabled = (element: PageElement) =>
    element.matches(':disabled') || element.getAttribute('aria-disabled') === 'true';

  function isReached(element: PageElement): boolean {
    const control = element.closest(CONTROLS) ?? element.closest('label')?.control ?? null;
    if (control === null) return isDisabled(element);
    if (isDisabled(control) || takesFocus(control)) return true;
    const group = control.closest(GROUPS);
    if (group === null) return control.parentElement !== null && isReached(control.parentElement);
    // An open menu has the focus on one of its items; the list of a field is walked from the field.
    if (group.matches(':focus-within')) return true;
    const field = group.id === '' ? null : body.querySelector(`[aria-controls="${group.id}"]`);
    return [group, ...group.querySelectorAll('*'), ...(field ? [field] : [])].some(takesFocus);
  }

  return [...body.querySelectorAll('*')]
    .filter(element => element.checkVisibility({ visibilityProperty: true }))
    .filter(element => element.closest('[inert], svg *') === null)
    .filter(
      element =>
        view.getComputedStyle(element).cursor === 'pointer' ||
        ROLES.includes(element.getAttribute('role') ?? '') ||
        element.matches('button, a[href], input, select, textarea, summary'),
    )
    .filter(element => !isReached(element))
    .map(element => element.outerHTML.replace(element.innerHTML, '').slice(0, 160));
}
