// The columns: which are shown, in which order, whether the first stays in view; on a phone one of them, or two side by side.

const pick = document.getElementById("pick");
const beside = document.getElementById("beside");
const pinned = document.getElementById("pinned");
const choices = [...document.querySelectorAll("#choose [data-e]")];
const table = matrix.querySelector("table");
const phone = matchMedia("(max-width: 680px)");
let order = choices.map((_, at) => at);
let placed = null;
let shownColumns = new Set(order);

// Puts the columns in an order. Cells are moved, so that ears and keys follow the eyes.
function arrange(wanted) {
  if (wanted.join() === order.join()) return;
  if (!placed) placed = [...table.rows].map((row) => [...row.cells].slice(1)).filter((found) => found.length);
  order = wanted;
  for (const found of placed) found[0].parentElement.append(...order.map((at) => found[at]));
  choices[0].parentElement.append(...order.map((at) => choices[at]));
}

// The first of these columns, then all others as the report has them.
function firstOf(wanted) {
  return [...new Set([...wanted, ...choices.keys()])];
}

// The columns that have to be named for this order.
function moved() {
  let length = order.length;
  while (length && firstOf(order.slice(0, length - 1)).join() === order.join()) length -= 1;
  return order.slice(0, length);
}

// What a phone shows: the endpoint that was picked, and the one it is compared with.
function sideBySide() {
  return phone.matches && pick.length > 1 ? new Set([pick, beside].filter((one) => one.value).map((one) => Number(one.value))) : null;
}

function showColumn(endpoint) {
  const shown = sideBySide();
  if (!shown || shown.has(Number(endpoint))) return;
  pick.value = endpoint;
  choose();
}

// Columns are hidden by one rule, as touching each of thousands of cells would be slow. Paper has all of them.
const sheet = document.styleSheets[0];
const ruleAt = sheet.cssRules.length;
sheet.insertRule("@media screen { }", ruleAt);
let rule = "";

function choose() {
  const shown = sideBySide();
  matrix.classList.toggle("one", Boolean(shown));
  matrix.classList.toggle("two", Boolean(shown) && shown.size > 1);
  const there = order.filter((at) => (shown || shownColumns).has(at));
  const cellsOf = (at, part) => `#matrix ${part} > tr > :nth-child(${order.indexOf(at) + 2})`;
  const rules = order.filter((at) => !there.includes(at)).map((at) => `${cellsOf(at, "*")} { display: none; }`);
  if (pinned.checked && !shown && there.length > 1) {
    rules.push(`${cellsOf(there[0], "*")} { position: sticky; left: var(--first); z-index: 1; background: var(--page); border-right: 1px solid var(--line); }`);
    rules.push(`${cellsOf(there[0], "thead")} { z-index: 4; }`);
  }
  const chosen = rules.join(" ");
  if (chosen === rule) return;  // a new rule has every cell looked at again
  rule = chosen;
  sheet.deleteRule(ruleAt);
  sheet.insertRule(`@media screen { ${chosen} }`, ruleAt);
}

// A table that fits scrolls with the page; a wider one scrolls within its frame.
function fit() {
  const space = getComputedStyle(matrix);
  const room = matrix.clientWidth - parseFloat(space.paddingLeft) - parseFloat(space.paddingRight);
  matrix.classList.toggle("fits", phone.matches ? pick.length > 0 : table.offsetWidth <= room);
  table.style.setProperty("--first", `${table.querySelector(".corner").offsetWidth}px`);
}

new ResizeObserver(fit).observe(table);
addEventListener("resize", fit);

for (const choice of choices) {
  choice.addEventListener("click", (event) => {
    const button = event.target.closest("button");
    if (!button) return;
    const own = Number(choice.dataset.e);
    const to = order.indexOf(own) + Number(button.value);
    if (!(to in order)) return;
    const wanted = order.filter((at) => at !== own);
    wanted.splice(to, 0, own);
    arrange(wanted);
    // At the end of the row the button is gone, and its neighbour takes over.
    [...choice.querySelectorAll("button"), button].forEach((one) => one.focus());
    changed();
  });
}

// The menu of columns is left by Escape, and by a click elsewhere.
function away(event) {
  if (event.key || !event.target.closest("#choose")) document.getElementById("choose").open = false;
}

addEventListener("click", away);
