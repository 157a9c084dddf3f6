// Keys and dialogs. Everything here has a visible button as well.
const rows = () => [...document.querySelectorAll(".task, [data-rows] tbody tr[data-key]")];
const current = () => document.querySelector(".task[aria-current], tr[aria-current]");

function move(step) {
  const all = rows();
  if (!all.length) return;
  const at = all.indexOf(current());
  choose(all[Math.min(all.length - 1, Math.max(0, at + step))]);
}

export function choose(row, focus = true) {
  const before = current();
  if (before) {
    before.removeAttribute("aria-current");
    before.querySelector(".do .btn")?.classList.remove("primary");
  }
  row.setAttribute("aria-current", "true");
  row.querySelector(".do .btn")?.classList.add("primary");
  if (focus) {
    row.querySelector("[data-open]")?.focus({ preventScroll: true });
    row.scrollIntoView({ block: "nearest" });
  }
}

export function first() {
  const tasks = document.querySelectorAll(".task");
  if (tasks.length && !current()) choose(tasks[0], false);
}

function open(id) {
  const dialog = document.getElementById(id);
  if (!dialog || dialog.open) return;
  dialog.showModal();
  dialog.querySelector("input, textarea")?.focus();
}

document.addEventListener("click", (event) => {
  const opener = event.target.closest("[data-opens]");
  if (opener) open(opener.dataset.opens);
  if (event.target.closest("[data-closes-dialog]")) event.target.closest("dialog").close();
  if (event.target.matches("dialog")) event.target.close();
  for (const details of document.querySelectorAll("details[data-closes][open]"))
    if (!details.contains(event.target)) details.open = false;
});

// What may take a while says so on its button, and is asked for once.
document.addEventListener("submit", (event) => {
  const button = event.submitter;
  if (!button?.dataset.slow || event.defaultPrevented) return;
  button.textContent = button.dataset.slow;
  button.setAttribute("aria-busy", "true");
  setTimeout(() => { button.disabled = true; });
});

document.addEventListener("keydown", (event) => {
  const typing = event.target.closest("input:not([type=checkbox], [type=radio]), textarea, select");
  if ((event.ctrlKey || event.metaKey) && event.key.toLowerCase() === "k") {
    event.preventDefault();
    open("palette");
    return;
  }
  const palette = document.getElementById("palette");
  if (palette?.open && (event.key === "ArrowDown" || event.key === "ArrowUp")) {
    const stops = [palette.querySelector("input"), ...palette.querySelectorAll("a")];
    const at = stops.indexOf(document.activeElement);
    stops[(at + (event.key === "ArrowDown" ? 1 : -1) + stops.length) % stops.length].focus();
    event.preventDefault();
    return;
  }
  if (palette?.open && event.key === "Enter" && typing) {
    const hit = palette.querySelector("[data-hit]");
    if (hit) { event.preventDefault(); hit.click(); }
    return;
  }
  if (typing || event.ctrlKey || event.metaKey || event.altKey || document.querySelector("dialog[open]")) {
    if (event.key === "Escape" && typing) typing.blur();
    return;
  }
  const row = current();
  switch (event.key) {
    case "j": move(1); break;
    case "k": move(-1); break;
    case "/": open("palette"); break;
    case "?": open("keys"); break;
    case "e": (row ?? document).querySelector("[data-do]")?.click(); break;
    case "x": row?.querySelector(".pick input")?.click(); break;
    case "Enter":
      if (event.target.closest("a, button, summary, input")) return;
      row?.querySelector("[data-open]")?.click();
      break;
    case "Escape":
      document.querySelector("details[data-closes][open]")?.removeAttribute("open");
      return;
    default: return;
  }
  event.preventDefault();
});

document.addEventListener("focusin", (event) => {
  const row = event.target.closest(".task");
  if (row && row !== current()) choose(row, false);
});

// A file may be dropped where one is asked for.
for (const zone of document.querySelectorAll(".drop")) {
  const input = zone.querySelector("input[type=file]");
  const over = (on) => (event) => { event.preventDefault(); zone.classList.toggle("over", on); };
  zone.addEventListener("dragover", over(true));
  zone.addEventListener("dragleave", over(false));
  zone.addEventListener("drop", (event) => {
    over(false)(event);
    input.files = event.dataTransfer.files;
    zone.closest("form").requestSubmit();
  });
}

document.querySelector("form[data-goes]")?.requestSubmit();
first();
