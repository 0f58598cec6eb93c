// The matrix: features that open and close, one endpoint at a time on a phone, arrow keys from cell to cell.

const matrix = document.getElementById("matrix");
const features = [...matrix.querySelectorAll(".feature")];
const only = document.getElementById("only");
const everything = document.getElementById("expand");
const pick = document.getElementById("pick");

function settled(row) {
  return [...row.querySelectorAll(".cell")].every((cell) => cell.classList.contains("pass"));
}

function draw(feature) {
  const opened = feature.dataset.open === "yes";
  feature.querySelector("button").setAttribute("aria-expanded", String(opened));
  let left = 0;
  for (const row of feature.querySelectorAll(".check")) {
    const wanted = !only.checked || row.dataset.settled === "no";
    left += wanted;
    row.hidden = !opened || !wanted;
  }
  feature.hidden = !left;
}

function drawAll() {
  features.forEach(draw);
  for (const protocol of matrix.querySelectorAll(".protocol")) {
    let next = protocol.nextElementSibling;
    let left = false;
    for (; next && next.classList.contains("feature"); next = next.nextElementSibling) left = left || !next.hidden;
    protocol.hidden = !left;
  }
  const all = features.every((feature) => feature.dataset.open === "yes");
  everything.textContent = all ? "Collapse all" : "Expand all";
  everything.setAttribute("aria-expanded", String(all));
}

function turn(feature, opened) {
  feature.dataset.open = opened ? "yes" : "no";
}

function reveal(link) {
  const feature = link.closest(".feature");
  if (link.closest("tr").hidden) {
    only.checked = only.checked && link.closest("tr").dataset.settled === "no";
    turn(feature, true);
    drawAll();
  }
  if (pick.value !== link.dataset.e) {
    pick.value = link.dataset.e;
    choose();
  }
}

for (const feature of features) {
  const head = feature.querySelector(".whole th");
  const button = make("button", { type: "button", "aria-expanded": "false" }, [...head.childNodes]);
  head.replaceChildren(button);
  feature.querySelector(".whole").addEventListener("click", () => {
    turn(feature, feature.dataset.open !== "yes");
    drawAll();
  });
  for (const row of feature.querySelectorAll(".check")) row.dataset.settled = settled(row) ? "yes" : "no";
  turn(feature, false);
}

only.addEventListener("change", () => {
  for (const feature of features) turn(feature, only.checked);
  drawAll();
});

everything.addEventListener("click", () => {
  const opened = everything.getAttribute("aria-expanded") !== "true";
  for (const feature of features) turn(feature, opened);
  drawAll();
});

// On a phone: one endpoint at a time.
const phone = matchMedia("(max-width: 680px)");

function choose() {
  matrix.classList.toggle("one", phone.matches && pick.length > 1);
  for (const row of matrix.querySelectorAll("thead tr, .whole, .check")) {
    [...row.children].slice(1).forEach((cell, index) => {
      cell.classList.toggle("away", phone.matches && index !== Number(pick.value));
    });
  }
}

pick.addEventListener("change", choose);
phone.addEventListener("change", choose);

// A table that fits scrolls with the page; a wider one scrolls within its frame.
const frame = matrix.querySelector(".scroll");

function fit() {
  const space = getComputedStyle(matrix);
  const room = matrix.clientWidth - parseFloat(space.paddingLeft) - parseFloat(space.paddingRight);
  matrix.classList.remove("fits");
  matrix.classList.toggle("fits", phone.matches ? pick.length > 0 : frame.scrollWidth + 2 <= room);
}

new ResizeObserver(fit).observe(frame.querySelector("table"));
addEventListener("resize", fit);

const STEPS = { ArrowUp: [-1, 0], ArrowDown: [1, 0], ArrowLeft: [0, -1], ArrowRight: [0, 1] };

matrix.addEventListener("keydown", (event) => {
  const step = STEPS[event.key];
  const here = event.target.closest("td .cell");
  if (!step || !here || event.ctrlKey || event.metaKey || event.altKey) return;
  const rows = [...matrix.querySelectorAll(".check")].filter((row) => !row.hidden && !row.closest("[hidden]"));
  const row = here.closest("tr");
  const target = step[0] ? rows[rows.indexOf(row) + step[0]] : row;
  const links = target ? [...target.querySelectorAll(".cell")] : [];
  const at = [...row.querySelectorAll(".cell")].indexOf(here) + step[1];
  if (!links[at]) return;
  event.preventDefault();
  links[at].focus();
});

matrix.querySelector(".tools").hidden = false;
choose();
drawAll();
fit();
route();
