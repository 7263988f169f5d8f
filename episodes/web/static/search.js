// Search as you type: fetch the results part of the page. Without this script the form does the same.
"use strict";

(() => {
  const form = document.getElementById("search");
  const results = document.getElementById("results");
  const count = document.getElementById("count");
  const welcome = document.getElementById("welcome");
  const title = document.title;
  let pending = null;
  let timer = 0;

  function asked() {
    const said = new URLSearchParams(new FormData(form));
    for (const [name, value] of [...said]) {
      if (!value || (name === "in" && value === "all")) said.delete(name);
    }
    return said.toString();
  }

  async function search(query) {
    if (pending) pending.abort();
    const mine = (pending = new AbortController());
    results.classList.add("waiting");
    try {
      const answer = await fetch("/results" + (query && "?" + query), { signal: mine.signal });
      if (!answer.ok) throw new Error(answer.statusText);
      results.innerHTML = await answer.text(); // from this server, escaped there
      count.textContent = results.firstElementChild.dataset.summary;
    } catch (error) {
      if (error.name === "AbortError") return;
      count.textContent = "Search is unavailable right now. Press Search to try again.";
    }
    results.classList.remove("waiting");
    if (welcome) welcome.hidden = Boolean(form.q.value.trim());
  }

  function changed(wait) {
    clearTimeout(timer);
    timer = setTimeout(() => {
      const query = asked();
      history.replaceState(null, "", query ? "/?" + query : "/");
      document.title = form.q.value.trim() ? form.q.value.trim().slice(0, 60) + " – " + title.split(" – ").pop() : title;
      search(query);
    }, wait);
  }

  form.addEventListener("input", (event) => changed(event.target.type === "search" ? 180 : 0));
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    changed(0);
  });
})();
