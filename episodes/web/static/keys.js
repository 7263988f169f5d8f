// Shortcuts on every page: / focuses the search box, j and k (in the box: arrow down) move between matches, Enter opens a link.
// Letters are ignored while typing.
"use strict";

const PLACES = "#found .place, .line:has(mark), .par:has(mark) .pilcrow, .row .title";
// Without highlighted words, move between the paragraphs that were said.
const SPOTS = ".spots li:first-child .spot";

function typing(target) {
  return target.isContentEditable || /^(INPUT|SELECT|TEXTAREA)$/.test(target.tagName);
}

function step(by) {
  const seen = (selector) => [...document.querySelectorAll(selector)].filter((place) => place.getClientRects().length);
  const marked = seen(PLACES);
  const places = marked.length ? marked : seen(SPOTS);
  if (!places.length) return false;
  const at = places.indexOf(document.activeElement.closest(marked.length ? PLACES : SPOTS));
  const next = places[at < 0 ? (by > 0 ? 0 : places.length - 1) : Math.min(Math.max(at + by, 0), places.length - 1)];
  if (!next.matches("a")) next.tabIndex = -1;
  next.focus({ preventScroll: true });
  next.scrollIntoView({ block: "center" });
  return true;
}

document.addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey || event.isComposing) return;
  if (typing(event.target)) {
    if (event.key === "Escape") event.target.blur();
    else if (event.key === "ArrowDown" && event.target.id === "q" && step(1)) event.preventDefault();
    return;
  }
  if (event.key === "/") {
    const box = document.getElementById("q");
    box.focus();
    box.select();
  } else if (event.key === "j" || event.key === "k") {
    step(event.key === "j" ? 1 : -1);
  } else if (event.key === "Enter" && event.target.matches(".line")) {
    event.target.querySelector("a.at").click();
  } else {
    return;
  }
  event.preventDefault();
});
