// What is dropped on the panel: taken anywhere in it, and shown where it goes.
import { word } from '../words.ts';

/** Takes drops from now on; `box` says so while something is dragged over the panel. */
export function watchDrops(box: HTMLElement, take: (dropped: DataTransfer) => void): void {
  const leave = (): void => {
    box.classList.remove('dropping');
  };
  document.addEventListener('dragover', (event) => {
    event.preventDefault();
    if (event.dataTransfer !== null) event.dataTransfer.dropEffect = 'copy';
    box.classList.add('dropping');
    box.dataset['drop'] = word('dropHere');
  });
  document.addEventListener('dragleave', (event) => {
    if (event.relatedTarget === null) leave();
  });
  document.addEventListener('drop', (event) => {
    event.preventDefault();
    leave();
    if (event.dataTransfer !== null) take(event.dataTransfer);
  });
}
