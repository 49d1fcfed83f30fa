/** Files that are dropped into the window. Those that come before the page can take them wait for it. */
type Taker = (files: readonly File[]) => void;

let waiting: readonly File[] = [];
let taker: Taker | null = null;

/** From the first moment on: a browser would leave the page for a file that nobody takes. */
export function watchDrops(): void {
  window.addEventListener('dragover', event => event.preventDefault());
  window.addEventListener('drop', event => {
    event.preventDefault();
    const files = [...(event.dataTransfer?.files ?? [])];
    if (files.length === 0) return;
    if (taker) taker(files);
    else waiting = [...waiting, ...files];
  });
}

/** There is one taker at a time. Gives the end of it. */
export function takeDrops(take: Taker): () => void {
  taker = take;
  const early = waiting;
  waiting = [];
  if (early.length > 0) take(early);
  return () => {
    if (taker === take) taker = null;
  };
}
