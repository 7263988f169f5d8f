// Copy the URL of the selected or currently playing line: it contains the query, the second and the paragraph.
// Without this script the times and ¶ signs are links that can be copied.
"use strict";

(() => {
  const button = document.getElementById("share");
  const at = document.getElementById("share-at");
  const message = document.getElementById("shared");
  let chosen = location.href;
  let wanted = chosen;

  function name(href) {
    wanted = href;
    const line = document.getElementById("t-" + new URL(href).searchParams.get("t"));
    const time = line && line.closest(".line").querySelector("a.at").lastChild.textContent;
    at.textContent = time ? " at " + time : "";
    message.textContent = "";
  }

  // Fallback: outside HTTPS and localhost there is no navigator.clipboard.
  function byHand(text) {
    const field = document.createElement("textarea");
    field.value = text;
    field.className = "vh";
    document.body.append(field);
    field.select();
    const done = document.execCommand("copy");
    field.remove();
    button.focus();
    return done;
  }

  async function copy(text) {
    try {
      await navigator.clipboard.writeText(text);
      return true;
    } catch {
      return byHand(text);
    }
  }

  button.addEventListener("click", async () => {
    const done = await copy(wanted);
    message.textContent = done ? "Link copied" : "Copying was blocked: please copy the address from the address bar.";
  });
  document.addEventListener("nir:line", (event) => {
    if (event.detail) name(event.detail.querySelector("a.at").href);
  });
  // After a click the URL contains the new selection only once other handlers have run.
  document.addEventListener("click", () => setTimeout(() => {
    if (location.href === chosen) return;
    chosen = location.href;
    name(chosen);
  }));

  name(chosen);
  button.hidden = false;
})();
