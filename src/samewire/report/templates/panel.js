// The panel: one cell and all that is known of it. Its address is the URL's fragment, #/<endpoint>/<check>.

const panel = document.getElementById("panel");
const cells = new Map();
let asked = 0;

function place(fragment) {
  try {
    return decodeURIComponent(fragment);
  } catch {
    return fragment;
  }
}

function checkOf(link) {
  return link.hash.slice(link.hash.lastIndexOf("/") + 1);
}

function chip(link, label) {
  const tone = link.className.replace(/\bcell\b/, "").trim();
  const word = link.querySelector(".w").textContent;
  const glyph = make("i", { "aria-hidden": "true", text: link.querySelector("i").textContent });
  const notes = [...link.querySelectorAll("em")].map((mark) => ` · ${mark.textContent}`).join("");
  return label
    ? make("a", { class: `cell ${tone}`, href: link.hash }, glyph, ` ${label}: ${word}`)
    : make("span", { class: `cell ${tone}` }, glyph, ` ${word}${notes}`);
}

function effectOf(cell) {
  return make("span", { class: "effect", text: cell.effect ? T(cell.effect, cell.values) : "" });
}

function columnOf(endpoint) {
  const head = document.querySelector(`thead .column[data-e="${endpoint}"]`);
  return { label: head.querySelector("b").textContent, model: head.querySelector(".model").textContent, hash: head.hash };
}

function sourceView(source) {
  const name = source.url
    ? make("a", { href: source.url, target: "_blank", rel: "noopener noreferrer", text: source.id })
    : make("b", { text: source.id });
  const fact = source.fact ? coded(` ${source.fact}`) : ` ${T("not in catalogue")}`;
  const origin = source.source ? make("span", { class: "origin", text: ` ${source.level}, ${source.source}` }) : "";
  return make("p", { class: "source" }, name, fact, origin);
}

// What a reason's code means, where the catalogue has it: http.429 is told by its first part.
function reasonOf(code) {
  const name = `reason.${code.split(".")[0]}`;
  return name in catalogue.en ? ` ${T(name)}` : "";
}

function noted(seen, cell) {
  return [seen, ...cell.notes.map((note) => `(${note})`)].filter(Boolean).join(" ");
}

function observedView(cell, link) {
  const word = wordName(link.querySelector(".w"));
  const seen = cell.message || (word === "supported" ? T("seen") : cell.reason);
  const parts = [
    make("dt", { text: T("expectation") }), make("dd", { class: "expected" }),
    make("dt", { text: T("observed") }), make("dd", { text: noted(seen, cell) }),
  ];
  if (cell.reason && cell.reason !== word) parts.push(make("dt", { text: T("reason") }), make("dd", {}, make("code", { text: cell.reason }), reasonOf(cell.reason)));
  if (cell.why) parts.push(make("dt", { text: T("why expected") }), make("dd", { text: cell.why }));
  if (cell.issue) parts.push(make("dt", { text: T("issue") }), make("dd", { text: cell.issue }));
  if (cell.blocked) {
    const hash = `${link.hash.slice(0, link.hash.lastIndexOf("/"))}/${cell.blocked}`;
    parts.push(make("dt", { text: T("blocked by") }), make("dd", {}, make("a", { href: hash, text: cell.blocked })));
  }
  if (cell.known) {
    const links = cell.told.map((url, index) => make("a", { href: url, target: "_blank", rel: "noopener noreferrer", text: `[${index + 1}]` }));
    parts.push(make("dt", { text: T("known from") }), make("dd", {}, cell.known, links));
  }
  for (const one of cell.annotations || []) {
    const about = [one.on, one.issue].filter(Boolean).join(", ");
    parts.push(make("dt", { text: T("says", { by: one.by }) }), make("dd", { text: about ? `${one.note} (${about})` : one.note }));
  }
  if (cell.past) parts.push(make("dt", { text: T("history") }), make("dd", {}, pastView(cell.past)));
  return make("dl", { class: "seen" }, parts);
}

// The last runs, oldest first: each with its day and word, and marked where the word turned.
function pastView(past) {
  const items = past.words.map((word, at) => make("li", { class: past.turned[at] },
    past.turned[at] ? make("b", { text: T(past.turned[at]) }) : "",
    make("time", { text: index.days[at] }), " ", word ? T(`word.${word}`) : "·"));
  const told = [past.since ? T("since", { day: past.since }) : "", past.turns ? T("turns", { n: past.turns, all: past.words.length }) : ""];
  return [make("ol", { class: "history" }, items), plain(told.filter(Boolean).join(" · "))];
}

function elsewhereView(link) {
  const others = [...cells.values()].filter((other) => other !== link && checkOf(other) === checkOf(link));
  if (!others.length) return [];
  const strip = others.map((other) => chip(other, columnOf(other.dataset.e).label));
  return [
    make("h3", { text: T("elsewhere") }),
    make("p", { class: "elsewhere" }, strip),
    make("p", { class: "plain" }, make("a", { href: `#check/${checkOf(link)}`, text: T("all cells") })),
  ];
}

function exchangesView(cell, exchanges) {
  const held = cell.exchanges.map((id) => exchanges.get(id)).filter(Boolean);
  const parts = [];
  if (held.length) {
    parts.push(curlView(held[0], "h3", T("reproduce")));
    parts.push(copied(cell.again, "h4", T("again")), copied(cell.replay, "h4", T("replay")));
    parts.push(make("h3", { text: T(held.length > 1 ? "exchanges" : "exchange") }));
    parts.push(...held.map((exchange, index) => exchangeView(exchange, index, held.length, cell)));
  }
  const left = cell.exchanges.length - held.length;
  if (left) parts.push(plain(T("left out", { n: left, all: cell.exchanges.length })));
  if (!cell.exchanges.length) parts.push(plain(T("nothing sent")));
  return parts;
}

function closer() {
  const close = pressed("close", () => panel.close());
  close.setAttribute("aria-keyshortcuts", "Escape");
  return close;
}

function acts() {
  return make("span", { class: "acts" }, pressed("copy link", (button) => copy(location.href, button, null)), closer());
}

function panelHead(link) {
  const column = columnOf(link.dataset.e);
  return make("div", { class: "panel-head" },
    chip(link, ""),
    make("span", { class: "where" }, make("b", { text: column.label }), " ", make("span", { class: "model", text: column.model })),
    acts());
}

function titleOf(check) {
  return make("h2", { id: "panel-title", tabindex: "-1", text: check.title.charAt(0).toUpperCase() + check.title.slice(1) });
}

function aboutOf(check, effect) {
  return make("p", { class: "about" },
    make("b", { class: `level ${check.level.toLowerCase()}`, text: check.level }),
    make("code", { text: check.id }),
    make("span", { text: check.required ? T("required") : "" }),
    effect);
}

function show(...content) {
  panel.replaceChildren(make("div", { class: "panel" }, content));
  if (!panel.open) panel.showModal();
  panel.scrollTop = 0;
  document.getElementById("panel-title").focus({ preventScroll: true });
}

// What keys and terms there are, on "?".
function help() {
  const lines = [T("keys"), T("search.help")].map((text) => make("p", { class: "sentence", text }));
  const title = make("h2", { id: "panel-title", tabindex: "-1", text: T("help") });
  show(make("div", { class: "panel-head" }, make("span", { class: "acts" }, closer())), title, lines);
}

async function open(link) {
  const turn = (asked += 1);
  reveal(link);
  const [check, { cell, exchanges }] = await Promise.all([checkNamed(checkOf(link)), evidenceOf(link.dataset.e, checkOf(link))]);
  if (turn !== asked || !check || !cell) return;
  const observed = observedView(cell, link);
  observed.querySelector(".expected").append(...coded(check.sentence));
  show(panelHead(link),
    titleOf(check),
    aboutOf(check, effectOf(cell)),
    observed,
    check.sources.length ? make("h3", { text: T("sources") }) : "",
    check.sources.map(sourceView),
    elsewhereView(link),
    exchangesView(cell, exchanges));
}

// The fragment without what the search has put behind it.
function here() {
  return location.hash.split("?")[0];
}

function route() {
  heed();
  const fragment = place(here());
  const link = cells.get(fragment);
  alone(fragment);
  if (link) open(link).catch((problem) => fail(link, problem));
  else if (fragment.startsWith("#check/")) openCheck(fragment.slice(7)).catch(() => panel.close());
  else if (panel.open) panel.close();
}

// The page of an endpoint is its part of what is wrong, by cause, without the others.
function alone(fragment) {
  const articles = [...document.querySelectorAll("article.endpoint")];
  const chosen = articles.find((one) => `#${one.id}` === fragment);
  if (cells.has(fragment) || fragment.startsWith("#check/")) return;
  for (const one of articles) one.hidden = Boolean(chosen) && one !== chosen;
  document.getElementById("alone").hidden = !chosen || articles.length < 2;
  const target = chosen || (query() && document.getElementById(fragment.slice(1)));
  if (target) target.scrollIntoView();
}

function fail(link, problem) {
  const text = T("unpacked", { why: problem.message });
  show(panelHead(link), make("h2", { id: "panel-title", tabindex: "-1", text }));
}

for (const link of document.querySelectorAll("#matrix td a.cell")) cells.set(place(link.hash), link);

document.addEventListener("click", (event) => {
  const link = event.target.closest("a[href^='#/'], a[href^='#check/']");
  if (!link || event.ctrlKey || event.metaKey || event.shiftKey) return;
  if (!cells.has(place(link.hash)) && !link.hash.startsWith("#check/")) return;
  event.preventDefault();  // the page behind the panel stays where it is
  if (here() !== link.hash) history.pushState(null, "", addressed(link.hash));
  route();
});
panel.addEventListener("click", (event) => { if (event.target === panel) panel.close(); });
panel.addEventListener("close", () => {
  asked += 1;
  const fragment = place(here());
  const link = cells.get(fragment)
    || (fragment.startsWith("#check/") && document.querySelector(`a.title[href="${CSS.escape(fragment).replace(/\\/g, "")}"]`));
  if (!link) return;
  history.pushState(null, "", addressed(""));
  if (!document.activeElement || !document.activeElement.closest("a[href^='#/']")) link.focus();
});
addEventListener("hashchange", route);
addEventListener("popstate", route);
