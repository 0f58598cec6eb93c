// The search: words, and terms such as verdict:broken. What is asked stands in the URL: #…?q=…

const search = document.getElementById("search");
const only = document.getElementById("only");
const different = document.getElementById("different");
const columnBoxes = choices.map((choice) => choice.querySelector("input"));
const index = JSON.parse(document.getElementById("index").textContent);
const FLAGS = { flaky: 1, failing: 2, expected: 4, stale: 8, changed: 16, disputed: 32, unscored: 64 };
const MARKS = [["only", only, "red"], ["is", different, "different"], ["pin", pinned, "first"]];
const rows = [];
let sifted = false;

for (const feature of features) {
  const name = feature.element.querySelector(".name").textContent;
  const chinese = catalogue.zh[`feature.${feature.id.split(".").pop()}`];
  for (const row of feature.rows) {
    const id = row.element.querySelector(".title").hash.slice(7);
    const words = [...row.element.querySelectorAll(".w")].map(wordName);
    const known = index.rows[id] || [];
    row.cells = words.map((word, at) => ({ word, reason: index.reasons[known[at][0]].toLowerCase(), flags: known[at][1], at }));
    row.level = row.element.querySelector(".level").textContent.toLowerCase();
    row.feature = `${feature.id} ${name} ${chinese || ""}`.toLowerCase();
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
  shownColumns = new Set([...choices.keys()].filter((at) => columnBoxes[at].checked
    && named.every((term) => index.names[at].toLowerCase().includes(term.value) !== term.not)));
  // On a phone what is shown is what is searched.
  const columns = sideBySide() || shownColumns;
  const active = others.length > 0 || only.checked || different.checked;
  let count = 0;
  for (const row of rows) {
    row.wanted = !active || fits(row, others, columns);
    count += row.wanted;
  }
  if (active !== sifted) {
    for (const feature of features) feature.open = active;
    if (active) for (const protocol of protocols) protocol.open = true;
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
  const tell = (name, values) => values.length && asked.set(name, values.join(" "));
  const namesOf = (numbers) => numbers.map((at) => index.names[at]);
  const turned = features.filter((one) => one.open !== sifted).map((one) => one.id);
  tell("q", search.value.trim().split(" ").filter(Boolean));
  for (const [name, box, value] of MARKS) if (box.checked) asked.set(name, value);
  tell("without", namesOf([...choices.keys()].filter((at) => !columnBoxes[at].checked)));
  tell("first", namesOf(moved()));
  if (phone.matches && (pick.value !== "0" || beside.value)) tell("at", namesOf([...sideBySide()]));
  tell(sifted ? "shut" : "open", turned.length === features.length ? ["all"] : turned);
  tell("folded", protocols.filter((one) => !one.open).map((one) => one.id));
  if (language !== "en") asked.set("lang", language);
  return asked.size ? `?${asked}` : "";
}

// The address of a place within the page, with all that is asked.
let known = "";

function addressed(fragment) {
  known = asking();
  return location.href.split("#")[0] + (fragment || (known && "#")) + known;
}

function remember() {
  history.replaceState(null, "", addressed(here()));
}

function query() {
  return location.hash.slice(here().length);
}

function recall() {
  known = query();
  const asked = new URLSearchParams(known);
  const told = (name) => (asked.get(name) || "").split(" ").filter(Boolean);
  const numbersOf = (names) => names.map((name) => index.names.indexOf(name)).filter((at) => at >= 0);
  search.value = asked.get("q") || "";
  for (const [name, box, value] of MARKS) box.checked = asked.get(name) === value;
  const hidden = numbersOf(told("without"));
  columnBoxes.forEach((box, at) => { box.checked = !hidden.includes(at); });
  arrange(firstOf(numbersOf(told("first"))));
  [pick.value = "0", beside.value = ""] = numbersOf(told("at"));
  speak(asked.get("lang") || (!asked.size && navigator.language.startsWith("zh") ? "zh" : "en"));
  sift();
  const turned = told(sifted ? "shut" : "open");
  const folded = told("folded");
  for (const one of features) one.open = sifted !== (turned[0] === "all" || turned.includes(one.id));
  for (const one of protocols) one.open = !folded.includes(one.id);
  drawAll();
}

// A link that was pasted brings its own question; one within the page keeps the one that is asked.
function heed() {
  if (!query()) remember();
  else if (query() !== known) recall();
}

function changed() {
  sift();
  remember();
}

phone.addEventListener("change", sift);
for (const element of [search, only, different, pinned, pick, beside, ...columnBoxes]) element.addEventListener("input", changed);
document.getElementById("language").addEventListener("click", () => {
  speak(language === "en" ? "zh" : "en");
  changed();
  route();
});
document.addEventListener("keydown", (event) => {
  if (event.key === "Escape") away(event);
  if (event.key === "?" && !panel.open && !event.target.closest("input, select, textarea")) help();
  if (event.key !== "/" || panel.open || event.target.closest("input, select, textarea")) return;
  event.preventDefault();
  search.focus();
});
