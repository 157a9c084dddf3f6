// The bulk bar: count, sums by currency, shift-range, all matching. The server counts again before anything is done.
const boxes = () => [...document.querySelectorAll(".pick input[name=order]")];
let last = null;

export function show() {
  const bar = document.querySelector("[data-bulk]");
  if (!bar) return;
  const chosen = boxes().filter((box) => box.checked);
  bar.hidden = !chosen.length;
  const all = document.querySelector("[data-pick-all]");
  if (all) {
    all.checked = chosen.length > 0 && chosen.length === boxes().length;
    all.indeterminate = chosen.length > 0 && !all.checked;
  }
  if (!chosen.length) return matching(false);
  const sums = new Map();
  for (const box of chosen)
    sums.set(box.dataset.currency, (sums.get(box.dataset.currency) ?? 0) + Number(box.dataset.total));
  const money = [...sums].map(([currency, sum]) => `${currency} ${sum.toLocaleString("en", { maximumFractionDigits: 0 })}`);
  bar.querySelector("[data-bulk-sum]").textContent = `about ${money.slice(0, 3).join(", ")}${money.length > 3 ? " …" : ""}`;
  bar.querySelector("[data-bulk-count]").textContent = scope()?.value === "all" ? "All matching" : `${chosen.length} selected`;
}

const scope = () => document.querySelector("#bulk input[name=scope]");

function matching(on) {
  const field = scope();
  if (field) field.value = on ? "all" : "chosen";
}

document.addEventListener("click", (event) => {
  if (event.target.closest("[data-pick-clear]")) {
    for (const box of boxes()) box.checked = false;
    matching(false);
    show();
  }
  if (event.target.closest("[data-pick-matching]")) {
    for (const box of boxes()) box.checked = true;
    matching(true);
    show();
  }
  const box = event.target.closest(".pick input[name=order]");
  if (box && event.shiftKey && last) {
    const all = boxes();
    const [from, to] = [all.indexOf(last), all.indexOf(box)].sort((a, b) => a - b);
    for (const between of all.slice(from, to + 1)) between.checked = box.checked;
    show();
  }
  if (box) last = box;
});

document.addEventListener("change", (event) => {
  if (event.target.matches("[data-pick-rows]"))
    for (const box of event.target.form.querySelectorAll(".pick input[name=pick]")) box.checked = event.target.checked;
  if (event.target.matches("[data-pick-all]")) for (const box of boxes()) box.checked = event.target.checked;
  if (event.target.closest(".pick")) {
    matching(false);
    show();
  }
});

show();
