// The answer page with less waiting: the page's own requests, made while one types. Everything works without it.
const form = () => document.getElementById("answer");
const base = form().dataset.base;
let timer, asked = 0;

function hidden(element, hide) { if (element) element.hidden = hide; }

// What the server would say if it drew the page again.
async function tell() {
  const mine = ++asked;
  const answer = await fetch(`${base}/count`, { method: "POST", body: new FormData(form()) }).catch(() => null);
  if (!answer?.ok || mine !== asked) return;
  const told = await answer.json();
  for (const name of ["same", "changed", "total", "button"])
    for (const place of document.querySelectorAll(`[data-tell="${name}"]`)) place.innerHTML = told[name];
  for (const line of document.querySelectorAll("[data-line]")) {
    const said = told.lines[line.dataset.line] ?? { same: true, summary: "", placed: "" };
    hidden(line.querySelector("[data-same]"), !said.same);
    hidden(line.querySelector("[data-differs]"), !said.summary);
    line.querySelector("[data-summary]").innerHTML = said.summary;
    const placed = line.querySelector("[data-placed]");
    hidden(placed, !said.placed);
    placed.classList.toggle("short", Boolean(said.short));
    placed.querySelector("use").setAttribute("href", said.short ? "#m-ask" : "#m-done");
    placed.querySelector("span").innerHTML = said.placed;
  }
  return told;
}

// A button of a line: draw again, and put only the lines in place so that the page does not jump.
async function draw(button) {
  const data = new FormData(form(), button);
  const line = button.closest("[data-line]");
  if (line.ariaBusy) return; // a second answer would put back what was typed since
  line.ariaBusy = "true";
  line.inert = button.name !== "add";
  const answer = await fetch(form().action, { method: "POST", body: data }).catch(() => null);
  if (!answer) { line.inert = false; line.ariaBusy = null; return; }
  const fresh = new DOMParser().parseFromString(await answer.text(), "text/html");
  if (!fresh.getElementById("answer")) return location.reload();
  const typing = document.activeElement ?? document.body;
  const { selectionStart, selectionEnd } = typing;
  const inside = line.contains(typing);
  const moved = typing !== button && typing !== document.body; // the person went on meanwhile: leave the cursor there
  line.replaceWith(fresh.getElementById(line.id));
  const now = document.getElementById(line.id);
  now.querySelector("details").open = button.name !== "back";
  dress(now);
  // What was typed while the request was under way stays.
  for (const field of button.name === "add" ? line.querySelectorAll("input") : []) {
    const same = now.querySelector(`[name="${CSS.escape(field.name)}"]`);
    same.value = field.value;
    same.checked = field.checked;
    if (field !== typing) continue;
    same.focus();
    if (selectionStart !== null) same.setSelectionRange(selectionStart, selectionEnd); // a date has none
  }
  if (!moved || (inside && !typing.matches("input")))
    (button.name === "add" ? [...now.querySelectorAll(".split")].at(-1).querySelector("input") : now.querySelector("summary")).focus();
  tell();
}

function dress(root) { for (const done of root.querySelectorAll("[data-done]")) done.hidden = false; }

document.addEventListener("input", (event) => {
  if (!event.target.closest("#answer")) return;
  clearTimeout(timer);
  if (event.target.closest("details")) {
    const ways = form().elements.way;
    if (ways.value !== "changes" && ways.value !== "decline") ways.value = "changes";
  }
  timer = setTimeout(tell, 250);
});

document.addEventListener("click", (event) => {
  const button = event.target.closest("button");
  if (!button) return;
  if (button.matches("[data-done]")) {
    const details = button.closest("details");
    details.open = false;
    details.querySelector("summary").focus();
  } else if (["add", "remove", "back"].includes(button.name)) {
    event.preventDefault();
    draw(button);
  }
});

document.getElementById("language").addEventListener("change", () => form().requestSubmit(form().querySelector("button[value=draw]")));

// Sent once: a second press while the first is under way does nothing.
let sending = false;
form().addEventListener("submit", (event) => {
  if (event.submitter?.value !== "send") return;
  if (sending) event.preventDefault();
  sending = true;
});
addEventListener("pageshow", () => { sending = false; });

// A person is here: the page is visible and somebody moved, touched or typed. A mail scanner does not.
let seen = false;
function person() {
  if (seen || document.visibilityState !== "visible") return;
  seen = true;
  const data = new FormData();
  data.set("csrfmiddlewaretoken", form().elements.csrfmiddlewaretoken.value);
  fetch(`${base}/seen`, { method: "POST", body: data, keepalive: true }).catch(() => { seen = false; });
}
for (const sign of ["pointermove", "pointerdown", "keydown", "touchstart", "wheel"])
  addEventListener(sign, (event) => { if (event.isTrusted) person(); }, { passive: true });

dress(document);
// What was typed before this script was there counts too.
for (const field of form().querySelectorAll("input, textarea"))
  if (field.checked !== field.defaultChecked || (!field.matches("[type=checkbox], [type=radio]") && field.value !== field.defaultValue)) field.dispatchEvent(new Event("input", { bubbles: true }));
document.getElementById("found")?.focus();
