// One exchange: what was sent, every attempt with its times, and all that came back.

const EVENTS_AT_FIRST = 120;

function seconds(value) {
  return `${value.toFixed(3)} s`;
}

function amount(size) {
  return size < 2048 ? T("bytes", { n: size }) : `${(size / 1024).toFixed(size < 20480 ? 1 : 0)} KiB`;
}

function plain(text) {
  return make("p", { class: "plain", text });
}

function headerLines(pairs) {
  return make("dl", { class: "lines" }, pairs.map(([name, value]) => [make("dt", { text: name }), make("dd", { text: value })]));
}

// Marks the lines of indented JSON at which the places stand that a judgement speaks of.
function markLines(text, pointers) {
  const lines = text.split("\n");
  const path = [];
  const wanted = new Set(pointers.map((pointer) => pointer.replace(/\/(\d+|\*)/g, "/*")));
  return lines.map((line) => {
    const depth = (line.length - line.trimStart().length) / 2;
    const key = /^\s*"((?:[^"\\]|\\.)*)": /.exec(line);
    const closing = /^\s*[}\]]/.test(line);
    path.length = depth;
    if (depth && !closing) path[depth - 1] = key ? key[1] : "*";
    return wanted.has(`/${path.slice(0, depth).join("/")}`) && !closing ? make("mark", { text: `${line}\n` }) : `${line}\n`;
  });
}

function bodyView(name, content, pointers) {
  if (content.body === null || (content.body === "" && !content.size)) return [];
  const nice = content.cut ? null : indented(content.body);
  const shown = make("pre", { tabindex: "0" });
  const tidy = () => (pointers && pointers.length && nice !== null ? markLines(nice, pointers) : [nice === null ? content.body : nice]);
  shown.append(...tidy());
  const head = make("div", { class: "head" }, make("h4", { text: T(name, { size: amount(content.size) }) }));
  if (nice !== null && nice !== content.body) {
    const toggle = pressed("as it came", () => {
      const raw = toggle.getAttribute("aria-pressed") === "false";
      toggle.setAttribute("aria-pressed", String(raw));
      shown.replaceChildren(...(raw ? [content.body] : tidy()));
    });
    toggle.setAttribute("aria-pressed", "false");
    head.append(toggle);
  }
  return [head, shown, content.cut ? plain(T("beginning")) : ""];
}

function streamView(attempt, marks) {
  const list = make("ol", { class: "stream", tabindex: "0", "aria-label": T("stream.label") });
  const marked = new Set(marks || []);
  const add = (pieces, from) => list.append(...pieces.map(([at, text], place) => {
    const line = make(marked.has(from + place) ? "mark" : "span", { text });
    return make("li", { class: marked.has(from + place) ? "marked" : null }, make("time", { text: at < 0 ? "" : `+${at.toFixed(3)}` }), line);
  }));
  const first = Math.max(EVENTS_AT_FIRST, ...marked) + 1;
  add(attempt.pieces.slice(0, first), 0);
  const rest = attempt.pieces.slice(first);
  const title = T("stream", { n: attempt.pieces.length, reads: attempt.reads, size: amount(attempt.size) });
  const parts = [make("h4", { text: title }), marked.size ? plain(T("marked", { n: marked.size })) : "", list];
  if (rest.length) {
    const more = () => { add(rest, first); button.remove(); };
    const button = pressed("show events", more, { n: rest.length });
    parts.push(make("p", { class: "plain" }, button));
  }
  if (attempt.cut) parts.push(plain(T("beginning")));
  return parts;
}

function attemptView(attempt, index, all, cell) {
  const deciding = cell && index === all.length - 1 ? cell : {};
  const waited = attempt.waited ? T("waited", { s: seconds(attempt.waited) }) : "";
  const line = attempt.status ? `${attempt.version || "HTTP"} ${attempt.status}` : T("no status");
  const times = [attempt.status && T("headers after", { s: seconds(attempt.answered) }), T("ended after", { s: seconds(attempt.ended) })];
  const parts = [
    make("p", { class: "plain" }, make("code", { text: line }), ` · ${times.filter(Boolean).join(", ")}`),
    attempt.lag >= 0.02 ? plain(T("late", { s: seconds(attempt.lag) })) : "",
    attempt.failure ? make("p", { class: "failure", text: attempt.failure }) : "",
    attempt.headers.length ? headerLines(attempt.headers) : "",
    attempt.pieces && attempt.pieces.length ? streamView(attempt, deciding.marks) : bodyView("body", attempt, deciding.pointers),
  ];
  if (all.length === 1) return [make("h4", { text: T("response") + waited }), ...parts];
  const title = T("attempt", { n: index + 1, all: all.length, waited, what: attempt.failure || attempt.status });
  return make("details", { class: "attempt", open: index === all.length - 1 }, make("summary", { text: title }), parts);
}

function copied(text, tag, title) {
  const shown = make("pre", { tabindex: "0", text });
  return [make("div", { class: "head" }, make(tag, { text: title }), pressed("copy", (button) => copy(text, button, shown))), shown];
}

function curlView(exchange, tag, title) {
  if (!exchange.curl) return [make(tag, { text: title }), plain(T("too long"))];
  const python = exchange.python
    ? make("details", { class: "more" }, make("summary", { text: "Python" }), copied(exchange.python, "h4", "urllib.request"))
    : "";
  return [...copied(exchange.curl, tag, title), python];
}

function exchangeParts(exchange, withCurl, cell) {
  const controls = exchange.controls.map((answered) => T(answered ? "answered" : "not answered")).join(", ");
  return [
    make("h4", { text: T("request") }),
    make("p", { class: "plain" }, make("code", { text: `${exchange.method} ${exchange.url}` })),
    headerLines(exchange.headers),
    bodyView("body", exchange),
    exchange.stopped !== null ? plain(T("stopped reading", { n: exchange.stopped })) : "",
    exchange.attempts.flatMap((attempt, index, all) => attemptView(attempt, index, all, cell)),
    controls ? plain(T("control", { what: controls })) : "",
    exchange.leaked.length ? plain(T("leaked", { where: exchange.leaked.join(", ") })) : "",
    withCurl ? curlView(exchange, "h4", "curl") : "",
  ].flat(2);
}

function exchangeView(exchange, index, count, cell) {
  const last = exchange.attempts[exchange.attempts.length - 1];
  const came = last ? T("in", { what: last.status || T("no answer"), s: seconds(last.ended) }) : T("not sent");
  const again = exchange.repetition ? T("repetition", { n: exchange.repetition }) : "";
  const summary = make("summary", {},
    make("code", { text: `${exchange.method} ${exchange.url.replace(/^[a-z]+:\/\/[^/]*/, "")}` }),
    make("span", { class: "status", text: `${came}${again}${count > 1 ? T("of", { n: index + 1, all: count }) : ""}` }));
  const view = make("details", { class: "exchange" }, summary);
  const fill = () => {
    if (view.open && view.childElementCount === 1) view.append(make("div", {}, exchangeParts(exchange, index > 0, index ? null : cell)));
  };
  view.addEventListener("toggle", fill);
  if (index === 0) {
    view.open = true;
    fill();
  }
  return view;
}
