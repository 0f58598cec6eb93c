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
  const word = link.querySelector("span").textContent;
  const glyph = make("i", { "aria-hidden": "true", text: link.querySelector("i").textContent });
  return label
    ? make("a", { class: `cell ${tone}`, href: link.hash }, glyph, ` ${label}: ${word}`)
    : make("span", { class: `cell ${tone}` }, glyph, ` ${word}`, cells.get(place(link.hash)).querySelector("em") ? " · flaky" : "");
}

function columnOf(endpoint) {
  const head = document.querySelectorAll("thead .column")[endpoint];
  return { label: head.querySelector("b").textContent, model: head.querySelector(".model").textContent, hash: head.hash };
}

function sourceView(source) {
  const name = source.url
    ? make("a", { href: source.url, target: "_blank", rel: "noopener noreferrer", text: source.id })
    : make("b", { text: source.id });
  const fact = source.fact ? coded(` ${source.fact}`) : " is not in the catalogue";
  const origin = source.source ? make("span", { class: "origin", text: ` ${source.level}, ${source.source}` }) : "";
  return make("p", { class: "source" }, name, fact, origin);
}

function observedView(cell, link) {
  const word = link.querySelector("span").textContent;
  const seen = cell.message || (word === "supported" ? "The requirement was seen to hold." : cell.reason);
  const parts = [
    make("dt", { text: "expected" }), make("dd", { class: "expected" }),
    make("dt", { text: "observed" }), make("dd", {}, [seen, ...cell.notes].filter(Boolean).join("\n")),
  ];
  if (cell.reason && cell.reason !== word) parts.push(make("dt", { text: "reason" }), make("dd", {}, make("code", { text: cell.reason })));
  if (cell.blocked) {
    const hash = `${link.hash.slice(0, link.hash.lastIndexOf("/"))}/${cell.blocked}`;
    parts.push(make("dt", { text: "blocked by" }), make("dd", {}, make("a", { href: hash, text: cell.blocked })));
  }
  return make("dl", { class: "seen" }, parts);
}

function elsewhereView(link) {
  const others = [...cells.values()].filter((other) => other !== link && checkOf(other) === checkOf(link));
  if (!others.length) return [];
  const strip = others.map((other) => chip(other, columnOf(other.dataset.e).label));
  return [make("h3", { text: "The same check elsewhere" }), make("p", { class: "elsewhere" }, strip)];
}

function exchangesView(cell, exchanges) {
  const held = cell.exchanges.map((id) => exchanges.get(id)).filter(Boolean);
  const parts = [];
  if (held.length) {
    parts.push(curlView(held[0], "h3", "Reproduce it"));
    parts.push(make("h3", { text: held.length > 1 ? "Exchanges, the decisive one first" : "Exchange" }));
    parts.push(...held.map((exchange, index) => exchangeView(exchange, index, held.length)));
  }
  const left = cell.exchanges.length - held.length;
  if (left) parts.push(plain(`${left} of ${cell.exchanges.length} exchanges are not in this file, to keep it small: run.jsonl has them.`));
  if (!cell.exchanges.length) parts.push(plain("Nothing was sent for this cell."));
  return parts;
}

function panelHead(link) {
  const column = columnOf(link.dataset.e);
  const share = make("button", { type: "button", text: "copy link" });
  share.addEventListener("click", () => copy(location.href, share, null));
  const close = make("button", { type: "button", text: "close", "aria-keyshortcuts": "Escape" });
  close.addEventListener("click", () => panel.close());
  return make("div", { class: "panel-head" },
    chip(link, ""),
    make("span", { class: "where" }, make("b", { text: column.label }), " ", make("span", { class: "model", text: column.model })),
    make("span", { class: "acts" }, share, close));
}

async function open(link) {
  const turn = (asked += 1);
  reveal(link);
  const [check, { cell, exchanges }] = await Promise.all([checkNamed(checkOf(link)), evidenceOf(link.dataset.e, checkOf(link))]);
  if (turn !== asked || !check || !cell) return;
  const title = make("h2", { id: "panel-title", tabindex: "-1", text: check.title });
  title.textContent = title.textContent.charAt(0).toUpperCase() + title.textContent.slice(1);
  const observed = observedView(cell, link);
  observed.querySelector(".expected").append(...coded(check.sentence));
  panel.replaceChildren(make("div", { class: "panel" },
    panelHead(link),
    title,
    make("p", { class: "about" },
      make("b", { class: `level ${check.level.toLowerCase()}`, text: check.level }),
      make("code", { text: check.id }),
      make("span", { text: [check.required ? "required" : "", cell.effect].filter(Boolean).join(", ") })),
    observed,
    check.sources.length ? make("h3", { text: "Where it comes from" }) : "",
    check.sources.map(sourceView),
    elsewhereView(link),
    exchangesView(cell, exchanges)));
  if (!panel.open) panel.showModal();
  panel.scrollTop = 0;
  title.focus({ preventScroll: true });
}

function route() {
  const link = cells.get(place(location.hash));
  if (link) open(link).catch((problem) => fail(link, problem));
  else if (panel.open) panel.close();
}

function fail(link, problem) {
  const text = `The evidence can't be unpacked here (${problem.message}). Any current browser can; run.jsonl has it too.`;
  panel.replaceChildren(make("div", { class: "panel" }, panelHead(link), make("h2", { id: "panel-title", text })));
  if (!panel.open) panel.showModal();
}

for (const link of document.querySelectorAll("td .cell")) cells.set(place(link.hash), link);

document.addEventListener("click", (event) => {
  const link = event.target.closest("a[href^='#/']");
  if (!link || !cells.has(place(link.hash)) || event.ctrlKey || event.metaKey || event.shiftKey) return;
  event.preventDefault();  // the page behind the panel stays where it is
  if (location.hash !== link.hash) history.pushState(null, "", link.hash);
  route();
});
panel.addEventListener("click", (event) => { if (event.target === panel) panel.close(); });
panel.addEventListener("close", () => {
  asked += 1;
  const link = cells.get(place(location.hash));
  if (!link) return;
  history.pushState(null, "", location.href.split("#")[0]);
  if (!document.activeElement || !document.activeElement.closest("a[href^='#/']")) link.focus();
});
addEventListener("hashchange", route);
addEventListener("popstate", route);
