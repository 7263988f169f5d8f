// Highlight transcript lines and the matching paragraphs together: on hover, on keyboard focus, and during playback.
// A paragraph lists its lines (data-lines="3-5 12-12"). Without this script the links between the two still work.
"use strict";

(() => {
  const pane = document.getElementById("beside");
  const lines = [...document.querySelectorAll(".line")];
  const parts = [...document.querySelectorAll("[data-lines]")];
  const follow = document.getElementById("follow");
  const calm = matchMedia("(prefers-reduced-motion: reduce)");
  const spoken = new Map(); // paragraph, or words of it -> its lines
  const written = new Map(lines.map((line) => [line, []])); // line -> paragraphs and words
  let moved = 0;

  for (const part of parts) {
    const own = part.dataset.lines.split(" ").flatMap((range) => {
      const [first, last] = range.split("-").map(Number);
      return lines.slice(first, last + 1);
    });
    spoken.set(part, own);
    for (const line of own) written.get(line).push(part);
  }

  function lighter(name) {
    let lit = [];
    return (elements) => {
      for (const each of lit) each.classList.remove(name);
      for (const each of elements) each.classList.add(name);
      lit = elements;
    };
  }
  const point = lighter("lit");
  const play = lighter("now-written");

  // The pane scrolls on its own when the two are side by side; on a phone it is further down the page.
  function beside() {
    return pane.scrollHeight > pane.clientHeight && getComputedStyle(pane).overflowY !== "visible";
  }

  function reveal(paragraph) {
    if (!paragraph || !beside()) return;
    const box = paragraph.getBoundingClientRect();
    const frame = pane.getBoundingClientRect();
    if (box.top >= frame.top + 8 && box.bottom <= frame.bottom - 8) return;
    const top = pane.scrollTop + box.top - frame.top - Math.max(16, (frame.height - box.height) / 3);
    pane.scrollTo({ top, behavior: calm.matches ? "auto" : "smooth" });
  }

  function choose(selector, element) {
    for (const each of document.querySelectorAll(selector + ".here")) {
      each.classList.remove("here");
      each.removeAttribute("aria-current");
    }
    if (!element) return;
    element.classList.add("here");
    element.setAttribute("aria-current", "true");
  }

  function center(element) {
    element.scrollIntoView({ block: "center", behavior: calm.matches ? "auto" : "smooth" });
  }

  function under(target) {
    const found = target.closest && target.closest("[data-lines], .line");
    if (!found) return [];
    if (found.matches(".line")) return written.get(found);
    return [...spoken.get(found), ...(found.matches(".par") ? [] : [found])];
  }

  const paragraphs = (parts) => parts.filter((part) => part.matches(".par"));
  const plain = (event) => !(event.ctrlKey || event.metaKey || event.shiftKey || event.altKey || event.button);
  const selecting = () => String(getSelection()) !== "";

  document.addEventListener("pointerover", (event) => point(under(event.target)));
  document.addEventListener("focusin", (event) => point(under(event.target)));
  document.addEventListener("focusout", () => point([]));

  // From a line to its paragraph.
  document.addEventListener("click", (event) => {
    const link = event.target.closest(".toward a");
    if (!link || !plain(event)) return;
    const paragraph = document.getElementById(link.dataset.paragraph);
    if (!paragraph) return;
    event.preventDefault();
    history.replaceState(null, "", link.getAttribute("href"));
    choose(".par", paragraph);
    choose(".line", link.closest(".line"));
    if (beside()) reveal(paragraph);
    else center(paragraph);
    paragraph.querySelector("a.spot").focus({ preventScroll: true });
  });

  // From a paragraph to its line; clicking a time also starts playback there (episode.js).
  document.addEventListener("click", (event) => {
    const paragraph = event.target.closest(".par[data-lines]");
    const spot = event.target.closest("a.spot") || (paragraph && paragraph.querySelector("a.spot"));
    const text = !event.target.closest("a");
    if (!paragraph || !spot || !plain(event) || (text && (selecting() || !beside()))) return;
    if (!text && !event.target.closest("a.spot")) return;
    const words = event.target.closest(".quoted[data-lines]");
    const line = words && text ? spoken.get(words)[0] : lines[Number(spot.dataset.line)];
    event.preventDefault();
    moved = Date.now();
    history.replaceState(null, "", spot.getAttribute("href"));
    choose(".par", paragraph);
    choose(".line", line);
    center(line);
    if (!text) document.dispatchEvent(new CustomEvent("nir:play", { detail: Number(line.dataset.start) }));
  });

  // During playback.
  document.addEventListener("nir:line", (event) => {
    const now = event.detail ? written.get(event.detail) : [];
    play(now);
    if (follow && follow.checked && Date.now() - moved > 4000) reveal(paragraphs(now)[0]);
  });
  for (const kind of ["wheel", "touchmove"]) {
    addEventListener(kind, () => { moved = Date.now(); }, { passive: true });
  }

  // If the URL selects a line, show its paragraph at once.
  const about = written.get(document.querySelector(".line.here")) || [];
  play(about);
  const asked = document.querySelector(".par.here") || paragraphs(about)[0];
  if (asked) reveal(asked);
})();
