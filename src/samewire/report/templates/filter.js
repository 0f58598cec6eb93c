// The search: words, and terms such as verdict:broken. What is asked stands in the URL, behind the place: #…?q=…

const search = document.getElementById("search");
const only = document.getElementById("only");
const different = document.getElementById("different");
const columnBoxes = [...document.querySelectorAll("#choose input")];
const index = JSON.parse(document.getElementById("index").textContent);
const FLAGS = { flaky: 1, failing: 2, expected: 4, stale: 8, changed: 16, disputed: 32 };
const rows = [];
let sifted = false;

for (const feature of features) {
  const name = feature.element.querySelector(".name").textContent;
  const chinese = catalogue.zh[`feature.${feature.element.dataset.feature.split(".").pop()}`];
  for (const row of feature.rows) {
    const id = row.element.querySelector(".title").hash.slice(7);
    const words = [...row.element.querySelectorAll(".w")].map(wordName);
    const known = index.rows[id] || [];
    row.cells = words.map((word, at) => ({ word, reason: index.reasons[known[at][0]].toLowerCase(), flags: known[at][1], at }));
    row.level = row.element.querySelector(".level").textContent.toLowerCase();
    row.feature = `${feature.element.dataset.feature} ${name} ${chinese || ""}`.toLowerCase();
    row.text = `${id} ${row.element.querySelector(".title").textContent} ${row.feature}`.toLowerCase();
    rows.push(row);
  }
}

function termsOf(text) {
  return (text.match(/-?[a-z]+:"[^"]*"|-?"[^"]*"|\S+/gi) || []).map((written) => {
    const not = written.length > 1 && written.startsWith("-");
    const found = /^(verdict|level|endpoint|reason|feature|is):(.*)$/i.exec(not ? written.slice(1) : written);
    const plainText = (found ? found[2] : not ? written.slice(1) : written).replace(/"/g, "").toLowerCase();
    return { kind: found ? found[1].toLowerCase() : "text", value: plainText, not };
  }).filter((term) => term.value);
}

const CELL = {
  verdict: (cell, value) => cell.word.replace(" ", "-").startsWith(value.replace(" ", "-")) || T(`word.${cell.word}`) === value,
  reason: (cell, value) => cell.reason.includes(value),
  is: (cell, value) => Boolean(cell.flags & (FLAGS[value] || 0)),
};

function differs(row, columns) {
  const words = new Set(row.cells.filter((cell) => columns.has(cell.at) && cell.word !== "not run").map((cell) => cell.word));
  return words.size > 1;
}

function fits(row, terms, columns) {
  const cells = row.cells.filter((cell) => columns.has(cell.at));
  const ofCells = [];
  for (const term of terms) {
    let held = true;
    if (term.kind === "level") held = row.level === term.value;
    else if (term.kind === "feature") held = row.feature.includes(term.value);
    else if (term.kind === "is" && term.value === "different") held = differs(row, columns);
    else if (term.kind === "text") held = row.text.includes(term.value) || cells.some((cell) => cell.reason.includes(term.value));
    else {
      ofCells.push(term);
      continue;
    }
    if (held === term.not) return false;
  }
  if (only.checked && cells.every((cell) => cell.word === "supported")) return false;
  if (different.checked && !differs(row, columns)) return false;
  return !ofCells.length || cells.some((cell) => ofCells.every((term) => CELL[term.kind](cell, term.value) !== term.not));
}

function sift() {
  const terms = termsOf(search.value);
  const named = terms.filter((term) => term.kind === "endpoint");
  const others = terms.filter((term) => term.kind !== "endpoint");
  const columns = new Set(columnBoxes.map((box, at) => at).filter((at) => columnBoxes[at].checked
    && named.every((term) => index.names[at].toLowerCase().includes(term.value) !== term.not)));
  hiddenColumns = new Set(columnBoxes.map((box, at) => at).filter((at) => !columns.has(at)));
  // On a phone the one endpoint that is shown is the one that is searched.
  const single = phone.matches && pick.length > 1 ? new Set([Number(pick.value)]) : columns;
  const active = others.length > 0 || only.checked || different.checked;
  let count = 0;
  for (const row of rows) {
    row.wanted = !active || fits(row, others, single);
    count += row.wanted;
  }
  for (const feature of features) {
    if (active !== sifted) feature.open = active;
  }
  sifted = active;
  drawAll();
  choose();
  document.getElementById("matched").textContent = active ? T("matched", { n: count, all: rows.length }) : "";
  document.getElementById("nothing").hidden = count > 0;
}

// What is asked, as it stands in the URL; empty where nothing is.
function asking() {
  const asked = new URLSearchParams();
  if (search.value.trim()) asked.set("q", search.value.trim());
  if (only.checked) asked.set("only", "red");
  if (different.checked) asked.set("is", "different");
  const hidden = columnBoxes.map((box, at) => (box.checked ? "" : index.names[at])).filter(Boolean);
  if (hidden.length) asked.set("without", hidden.join(" "));
  if (language !== "en") asked.set("lang", language);
  return asked.size ? `?${asked}` : "";
}

function remember() {
  const after = here().replace(/^#$/, "") + asking();
  const fragment = after.startsWith("?") ? `#${after}` : after;
  history.replaceState(null, "", location.href.split("#")[0] + fragment);
}

function recall() {
  const asked = new URLSearchParams(location.hash.split("?").slice(1).join("?"));
  const hidden = new Set((asked.get("without") || "").split(" "));
  search.value = asked.get("q") || "";
  only.checked = asked.get("only") === "red";
  different.checked = asked.get("is") === "different";
  columnBoxes.forEach((box, at) => { box.checked = !hidden.has(index.names[at]); });
  speak(asked.get("lang") || (!asked.size && navigator.language.startsWith("zh") ? "zh" : "en"));
}

function changed() {
  sift();
  remember();
}

pick.addEventListener("change", sift);
phone.addEventListener("change", sift);
for (const element of [search, only, different, ...columnBoxes]) element.addEventListener("input", changed);
document.getElementById("language").addEventListener("click", () => {
  speak(language === "en" ? "zh" : "en");
  changed();
  route();
});
document.addEventListener("keydown", (event) => {
  if (event.key === "?" && !panel.open && !event.target.closest("input, select, textarea")) help();
  if (event.key !== "/" || panel.open || event.target.closest("input, select, textarea")) return;
  event.preventDefault();
  search.focus();
});
