// Live pages: the stream says which order changed, the page fetches itself again with the normal permission check.
// One stream for all tabs where the browser has locks; every 15 s by polling where no stream gets through.
import { first } from "./keys.js";
import { show } from "./pick.js";

const watched = document.body.dataset.live;
const mark = document.querySelector("[data-live-mark]");
const tabs = "BroadcastChannel" in window ? new BroadcastChannel("orderwire") : null;
const heard = []; // of the last minute, for tabs that opened meanwhile
let polling = 0;
let pending = 0;
let fetching = false;

function say(words, state) {
  if (!mark) return;
  mark.hidden = false;
  mark.textContent = words;
  mark.dataset.state = state;
}

function told(id) {
  if (watched !== "*" && id && id !== watched) return;
  clearTimeout(pending);
  pending = setTimeout(refresh, 150);
}

const busy = () =>
  document.querySelector("[data-appended], dialog[open]:not(#palette, #keys), details[data-closes][open]") ||
  [...document.querySelectorAll("#live input:not([type=checkbox]), #live textarea")].some((f) => f.value !== f.defaultValue) ||
  document.activeElement?.closest("#live input:not([type=checkbox]), #live textarea, #live select");

async function refresh() {
  if (document.hidden) { document.addEventListener("visibilitychange", refresh, { once: true }); return; }
  if (fetching) { pending = setTimeout(refresh, 300); return; }
  if (busy()) return offer();
  fetching = true;
  const before = remember();
  try {
    await htmx.ajax("GET", location.href, { target: "#live", select: "#live", swap: "outerHTML", headers: { "X-Live": "1" } });
    restore(before);
  } finally {
    fetching = false;
  }
}

// Somebody is writing, or has loaded more rows: nothing is taken from under the cursor.
function offer() {
  if (document.querySelector(".stale")) return;
  const note = document.createElement("p");
  note.className = "toast stale";
  note.setAttribute("role", "status");
  note.append("There is news for this page. ");
  const button = document.createElement("button");
  button.type = "button";
  button.textContent = "Show it";
  button.addEventListener("click", () => location.reload());
  note.append(button);
  document.querySelector("#live")?.prepend(note);
}

function remember() {
  const active = document.activeElement;
  return {
    open: [...document.querySelectorAll("#live details[id]")].map((d) => [d.id, d.open]),
    picked: [...document.querySelectorAll(".pick input:checked")].map((box) => box.value),
    row: document.querySelector("#live [aria-current=true][data-key]")?.dataset.key,
    focus: active?.id || null,
    keys: new Map([...document.querySelectorAll("#live [data-key]")].map((row) => [row.dataset.key, row.dataset.stamp ?? ""])),
    sentence: document.querySelector(".says")?.textContent,
  };
}

function restore(before) {
  for (const [id, open] of before.open) { const d = document.getElementById(id); if (d) d.open = open; }
  for (const value of before.picked) {
    const box = document.querySelector(`.pick input[value="${CSS.escape(value)}"]`);
    if (box) box.checked = true;
  }
  if (before.row) {
    const row = document.querySelector(`#live [data-key="${CSS.escape(before.row)}"]`);
    if (row?.classList.contains("task")) { row.setAttribute("aria-current", "true"); row.querySelector(".do .btn")?.classList.add("primary"); }
    else row?.setAttribute("aria-current", "true");
  }
  if (before.focus) document.getElementById(before.focus)?.focus({ preventScroll: true });
  for (const row of document.querySelectorAll("#live [data-key]"))
    if (before.keys.size && before.keys.get(row.dataset.key) !== (row.dataset.stamp ?? "")) row.classList.add("fresh");
  if (before.sentence && before.sentence !== document.querySelector(".says")?.textContent)
    document.querySelector("#live")?.classList.add("fresh");
  first();
  show();
}

function poll() {
  if (polling) return;
  say("Every 15 s", "slow");
  polling = setInterval(() => told(""), 15000);
}

function listen() {
  let failed = 0;
  const source = new EventSource(`/events?at=${document.body.dataset.askedAt}`);
  source.addEventListener("open", () => {
    failed = 0;
    clearInterval(polling);
    polling = 0;
    say("Live", "on");
    tabs?.postMessage({ live: true });
  });
  source.addEventListener("changed", (event) => {
    told(event.data);
    tabs?.postMessage({ changed: event.data });
    while (heard.length && heard[0].at < Date.now() - 60000) heard.shift();
    heard.push({ at: Date.now(), changed: event.data });
  });
  source.addEventListener("error", () => {
    if (++failed > 2 || source.readyState === EventSource.CLOSED) { poll(); tabs?.postMessage({ live: false }); }
  });
}

if (watched) {
  tabs?.addEventListener("message", ({ data }) => {
    if ("changed" in data) told(data.changed);
    else if (data.live === true) { clearInterval(polling); polling = 0; say("Live", "on"); }
    else if (data.live === false) poll();
    else if ("opened" in data) for (const { at, changed } of heard) if (at >= data.opened) tabs.postMessage({ changed });
  });
  tabs?.postMessage({ opened: performance.timeOrigin });
  if (tabs && navigator.locks) {
    navigator.locks.request("orderwire-live", () => { listen(); return new Promise(() => {}); });
    navigator.locks.query().then(({ held }) => { if (held.some((lock) => lock.name === "orderwire-live")) say("Live", "on"); });
  } else {
    listen();
  }
}
