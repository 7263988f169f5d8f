// The transcript follows the playback, and a click on a time plays from there. YouTube is loaded on click only and controlled with
// postMessage: its own script is neither needed nor allowed by the CSP.
"use strict";

(() => {
  const place = document.getElementById("player");
  const lines = [...document.querySelectorAll(".line")];
  const follow = document.getElementById("follow");
  const starts = lines.map((line) => Number(line.dataset.start));
  const calm = matchMedia("(prefers-reduced-motion: reduce)");
  const YOUTUBE = "https://www.youtube-nocookie.com";
  let now = null;
  let moved = 0;

  function show(seconds) {
    let low = 0;
    let high = starts.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if (starts[middle] <= seconds + 0.05) low = middle + 1;
      else high = middle;
    }
    const line = lines[low - 1] || null;
    if (line === now) return;
    if (now) now.classList.remove("now");
    now = line;
    document.dispatchEvent(new CustomEvent("nir:line", { detail: line }));
    if (!line) return;
    line.classList.add("now");
    if (follow && follow.checked && Date.now() - moved > 4000) {
      line.scrollIntoView({ block: "center", behavior: calm.matches ? "auto" : "smooth" });
    }
  }

  function file(media) {
    media.addEventListener("timeupdate", () => show(media.currentTime));
    return {
      play(seconds) {
        media.currentTime = seconds;
        media.play().catch(() => {});
      },
      turn() {
        if (media.paused) media.play().catch(() => {});
        else media.pause();
      },
    };
  }

  function youtube() {
    const load = document.getElementById("load");
    let frame = null;
    let playing = true;
    let wanted = 0; // YouTube starts at whole seconds: the requested line begins a little later

    function tell(func, args = []) {
      frame.contentWindow.postMessage(JSON.stringify({ event: "command", func, args }), YOUTUBE);
    }

    function open(seconds) {
      frame = document.createElement("iframe");
      const address = new URL(place.dataset.source);
      if (seconds !== null) address.searchParams.set("start", Math.floor(seconds));
      address.searchParams.set("origin", location.origin);
      frame.title = "The episode on YouTube";
      frame.allow = "autoplay; fullscreen; picture-in-picture; encrypted-media";
      frame.referrerPolicy = "strict-origin-when-cross-origin"; // YouTube refuses to play for pages without a referrer
      frame.src = address.href;
      frame.addEventListener("load", () => {
        frame.contentWindow.postMessage(JSON.stringify({ event: "listening", id: 1, channel: "widget" }), YOUTUBE);
      });
      place.querySelector(".screen").replaceWith(frame);
    }

    window.addEventListener("message", (event) => {
      if (!frame || event.origin !== YOUTUBE || event.source !== frame.contentWindow) return;
      let said;
      try {
        said = JSON.parse(event.data);
      } catch {
        return;
      }
      const info = said && said.info;
      if (!info || typeof info !== "object") return;
      if (typeof info.playerState === "number") playing = info.playerState === 1;
      if (typeof info.currentTime === "number") {
        const early = wanted - info.currentTime;
        show(early > 0 && early < 1 ? wanted : info.currentTime);
      }
    });
    load.hidden = false;
    load.addEventListener("click", () => open(null));
    return {
      play(seconds) {
        wanted = seconds;
        if (!frame) open(seconds);
        else {
          tell("seekTo", [seconds, true]);
          tell("playVideo");
        }
      },
      turn() {
        if (!frame) open(null);
        else tell(playing ? "pauseVideo" : "playVideo");
      },
    };
  }

  for (const kind of ["wheel", "touchmove"]) {
    addEventListener(kind, () => { moved = Date.now(); }, { passive: true });
  }
  const marked = document.querySelector(".line.here") || document.querySelector(".line:has(mark)");
  if (marked && !location.hash) marked.scrollIntoView({ block: "center" });
  if (!place) return;

  const media = place.querySelector("audio, video");
  const player = media ? file(media) : youtube();
  if (follow) follow.closest("label").hidden = false;

  // The time of the word under the pointer, if words have times; otherwise that of the line.
  function second(line, event) {
    const words = line.querySelector(".words");
    const times = (words.dataset.words || "").split(" ").filter(Boolean).map((word) => word.split(":").map(Number));
    const found = document.caretPositionFromPoint && document.caretPositionFromPoint(event.clientX, event.clientY);
    if (!times.length || !found || !words.contains(found.offsetNode)) return Number(line.dataset.start);
    const before = document.createRange();
    before.setStart(words, 0);
    before.setEnd(found.offsetNode, found.offset);
    const at = [...before.toString()].length;
    const passed = times.filter(([begin]) => begin <= at);
    return passed.length ? passed[passed.length - 1][1] : Number(line.dataset.start);
  }

  function here(line) {
    for (const each of document.querySelectorAll(".line.here")) {
      each.classList.remove("here");
      each.removeAttribute("aria-current");
    }
    history.replaceState(null, "", line.querySelector("a.at").getAttribute("href"));
  }

  document.addEventListener("click", (event) => {
    if (event.ctrlKey || event.metaKey || event.shiftKey || event.altKey || event.button) return;
    const line = event.target.closest && event.target.closest(".line");
    if (!line) return;
    const time = event.target.closest("a.at");
    if (!time && (event.target.closest("a") || !event.target.closest(".words") || String(getSelection()))) return;
    event.preventDefault();
    const seconds = time ? Number(line.dataset.start) : second(line, event);
    here(line);
    player.play(seconds);
    show(seconds);
  });

  document.addEventListener("nir:play", (event) => {
    player.play(event.detail);
    show(event.detail);
  });

  document.addEventListener("keydown", (event) => {
    if (event.key !== " " || event.ctrlKey || event.metaKey || event.altKey || event.shiftKey) return;
    if (event.target.closest("input, select, textarea, button, summary, audio, video, iframe, .aside[tabindex]:focus")) return;
    event.preventDefault();
    player.turn();
  });
})();
