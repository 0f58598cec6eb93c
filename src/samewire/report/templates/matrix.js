// The matrix: protocols and features that open and close, arrow keys from cell to cell.

const matrix = document.getElementById("matrix");
const features = [...matrix.querySelectorAll(".feature")].map((element) => ({
  id: element.dataset.feature, element, open: false,
  rows: [...element.querySelectorAll(".check")].map((row) => ({ element: row, wanted: true })),
}));
const protocols = [...matrix.querySelectorAll(".protocol")].map((element) => ({
  id: element.dataset.protocol, element, open: true, features: [],
}));
const everything = document.getElementById("expand");
const STEPS = { ArrowUp: [-1, 0], ArrowDown: [1, 0], ArrowLeft: [0, -1], ArrowRight: [0, 1] };

// Most elements stay as they are, and each that is touched has to be laid out again.
function put(element, hidden) {
  if (element.hidden !== hidden) element.hidden = hidden;
}

function drawAll() {
  for (const protocol of protocols) {
    let any = false;
    for (const feature of protocol.features) {
      let left = false;
      for (const row of feature.rows) {
        left = left || row.wanted;
        put(row.element, !feature.open || !row.wanted);
      }
      any = any || left;
      feature.button.setAttribute("aria-expanded", String(feature.open));
      put(feature.element, !left || !protocol.open);
    }
    protocol.button.setAttribute("aria-expanded", String(protocol.open));
    put(protocol.element, !any);
  }
  const all = features.every((feature) => feature.open);
  everything.textContent = T(all ? "collapse" : "expand");
  everything.setAttribute("aria-expanded", String(all));
}

function reveal(link) {
  const element = link.closest("tr");
  const feature = features.find((one) => one.element === element.parentElement);
  if (element.hidden || feature.element.hidden) {
    feature.open = feature.protocol.open = true;
    feature.rows.find((row) => row.element === element).wanted = true;
    drawAll();
  }
  showColumn(link.dataset.e);
}

function foldable(one, row, head) {
  one.button = make("button", { type: "button" }, [...head.childNodes]);
  head.replaceChildren(one.button);
  row.addEventListener("click", () => {
    one.open = !one.open;
    drawAll();
    remember();
  });
}

for (const protocol of protocols) {
  foldable(protocol, protocol.element.querySelector("tr"), protocol.element.querySelector("span"));
  for (let next = protocol.element.nextElementSibling; next && next.matches(".feature"); next = next.nextElementSibling) {
    protocol.features.push(features.find((one) => one.element === next));
    protocol.features.at(-1).protocol = protocol;
  }
}
for (const feature of features) foldable(feature, feature.element.querySelector(".whole"), feature.element.querySelector(".whole th"));

everything.addEventListener("click", () => {
  const opened = everything.getAttribute("aria-expanded") !== "true";
  for (const one of features) one.open = opened;
  if (opened) for (const one of protocols) one.open = true;
  drawAll();
  remember();
});

matrix.addEventListener("keydown", (event) => {
  const step = STEPS[event.key];
  const here = event.target.closest("td .cell");
  if (!step || !here || event.ctrlKey || event.metaKey || event.altKey) return;
  const rows = [...matrix.querySelectorAll(".check")].filter((row) => !row.closest("[hidden]"));
  const row = here.closest("tr");
  const target = step[0] ? rows[rows.indexOf(row) + step[0]] : row;
  const links = target ? [...target.querySelectorAll(".cell")].filter((link) => link.offsetParent) : [];
  const at = [...row.querySelectorAll(".cell")].filter((link) => link.offsetParent).indexOf(here) + step[1];
  if (!links[at]) return;
  event.preventDefault();
  links[at].focus();
});
