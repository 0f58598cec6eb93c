// The matrix: features that open and close, one endpoint at a time on a phone, arrow keys from cell to cell.

const matrix = document.getElementById("matrix");
const features = [...matrix.querySelectorAll(".feature")].map((element) => ({
  element, open: false, rows: [...element.querySelectorAll(".check")].map((row) => ({ element: row, wanted: true })),
}));
const protocols = [...matrix.querySelectorAll(".protocol")];
const everything = document.getElementById("expand");
const pick = document.getElementById("pick");

function drawAll() {
  for (const feature of features) {
    let left = false;
    for (const row of feature.rows) {
      left = left || row.wanted;
      const hidden = !feature.open || !row.wanted;
      if (row.element.hidden !== hidden) row.element.hidden = hidden;
    }
    feature.button.setAttribute("aria-expanded", String(feature.open));
    if (feature.element.hidden === left) feature.element.hidden = !left;
  }
  for (const protocol of protocols) {
    let next = protocol.nextElementSibling;
    let left = false;
    for (; next && next.classList.contains("feature"); next = next.nextElementSibling) left = left || !next.hidden;
    protocol.hidden = !left;
  }
  const all = features.every((feature) => feature.open);
  everything.textContent = T(all ? "collapse" : "expand");
  everything.setAttribute("aria-expanded", String(all));
}

function reveal(link) {
  const element = link.closest("tr");
  if (element.hidden) {
    const feature = features.find((one) => one.element === element.parentElement);
    feature.open = true;
    feature.rows.find((row) => row.element === element).wanted = true;
    drawAll();
  }
  if (phone.matches && pick.value !== link.dataset.e) {
    pick.value = link.dataset.e;
    choose();
  }
}

for (const feature of features) {
  const head = feature.element.querySelector(".whole th");
  feature.button = make("button", { type: "button", "aria-expanded": "false" }, [...head.childNodes]);
  head.replaceChildren(feature.button);
  feature.element.querySelector(".whole").addEventListener("click", () => {
    feature.open = !feature.open;
    drawAll();
  });
}

everything.addEventListener("click", () => {
  const opened = everything.getAttribute("aria-expanded") !== "true";
  for (const feature of features) feature.open = opened;
  drawAll();
});

// Columns are hidden by one rule, as touching each of thousands of cells would be slow. Paper has all of them.
const phone = matchMedia("(max-width: 680px)");
const sheet = document.styleSheets[0];
const ruleAt = sheet.cssRules.length;
sheet.insertRule("@media screen { }", ruleAt);
let rule = "";
const table = matrix.querySelector("table");
let hiddenColumns = new Set();

function choose() {
  const single = phone.matches && pick.length > 1;
  matrix.classList.toggle("one", single);
  const away = [...Array(pick.length).keys()].filter((at) => (single ? at !== Number(pick.value) : hiddenColumns.has(at)));
  const chosen = away.map((at) => `#matrix tr > :nth-child(${at + 2})`).join(", ");
  if (chosen === rule) return;  // a new rule has every cell looked at again
  rule = chosen;
  sheet.deleteRule(ruleAt);
  sheet.insertRule(chosen ? `@media screen { ${chosen} { display: none; } }` : "@media screen { }", ruleAt);
}


// A table that fits scrolls with the page; a wider one scrolls within its frame.
const frame = matrix.querySelector(".scroll");

function fit() {
  const space = getComputedStyle(matrix);
  const room = matrix.clientWidth - parseFloat(space.paddingLeft) - parseFloat(space.paddingRight);
  matrix.classList.toggle("fits", phone.matches ? pick.length > 0 : table.offsetWidth <= room);
}

new ResizeObserver(fit).observe(table);
addEventListener("resize", fit);

const STEPS = { ArrowUp: [-1, 0], ArrowDown: [1, 0], ArrowLeft: [0, -1], ArrowRight: [0, 1] };

matrix.addEventListener("keydown", (event) => {
  const step = STEPS[event.key];
  const here = event.target.closest("td .cell");
  if (!step || !here || event.ctrlKey || event.metaKey || event.altKey) return;
  const rows = [...matrix.querySelectorAll(".check")].filter((row) => !row.hidden && !row.closest("[hidden]"));
  const row = here.closest("tr");
  const target = step[0] ? rows[rows.indexOf(row) + step[0]] : row;
  const links = target ? [...target.querySelectorAll(".cell")].filter((link) => link.offsetParent) : [];
  const at = [...row.querySelectorAll(".cell")].filter((link) => link.offsetParent).indexOf(here) + step[1];
  if (!links[at]) return;
  event.preventDefault();
  links[at].focus();
});
