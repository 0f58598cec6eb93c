// One exchange: what was sent, every attempt with its times, and all that came back.

const EVENTS_AT_FIRST = 120;

function seconds(value) {
  return `${value.toFixed(3)} s`;
}

function amount(size) {
  return size < 2048 ? `${size} bytes` : `${(size / 1024).toFixed(size < 20480 ? 1 : 0)} KiB`;
}

function plain(text) {
  return make("p", { class: "plain", text });
}

function headerLines(pairs) {
  return make("dl", { class: "lines" }, pairs.map(([name, value]) => [make("dt", { text: name }), make("dd", { text: value })]));
}

function bodyView(title, content) {
  if (content.body === null || (content.body === "" && !content.size)) return [];
  const nice = content.cut ? null : indented(content.body);
  const shown = make("pre", { tabindex: "0", text: nice === null ? content.body : nice });
  const head = make("div", { class: "head" }, make("h4", { text: `${title}, ${amount(content.size)}` }));
  if (nice !== null && nice !== content.body) {
    const toggle = make("button", { type: "button", text: "as it came", "aria-pressed": "false" });
    toggle.addEventListener("click", () => {
      const raw = toggle.getAttribute("aria-pressed") === "false";
      toggle.setAttribute("aria-pressed", String(raw));
      shown.textContent = raw ? content.body : nice;
    });
    head.append(toggle);
  }
  return [head, shown, content.cut ? plain("Only the beginning is shown; run.jsonl has all of it.") : ""];
}

function streamView(attempt) {
  const list = make("ol", { class: "stream", tabindex: "0", "aria-label": "events with the time of their arrival" });
  const add = (pieces) => list.append(...pieces.map(([at, text]) =>
    make("li", {}, make("time", { text: at < 0 ? "" : `+${at.toFixed(3)}` }), make("span", { text }))));
  add(attempt.pieces.slice(0, EVENTS_AT_FIRST));
  const rest = attempt.pieces.slice(EVENTS_AT_FIRST);
  const title = `Stream, ${attempt.pieces.length} events in ${attempt.reads} reads, ${amount(attempt.size)}`;
  const parts = [make("h4", { text: title }), list];
  if (rest.length) {
    const more = make("button", { type: "button", text: `show ${rest.length} more events` });
    more.addEventListener("click", () => { add(rest); more.remove(); });
    parts.push(make("p", { class: "plain" }, more));
  }
  if (attempt.cut) parts.push(plain("Only the beginning is shown; run.jsonl has all of it."));
  return parts;
}

function attemptView(attempt, index, all) {
  const waited = attempt.waited ? `, after ${seconds(attempt.waited)} of waiting` : "";
  const line = attempt.status ? `${attempt.version || "HTTP"} ${attempt.status}` : "no status came";
  const times = [attempt.status ? `headers after ${seconds(attempt.answered)}` : "", `ended after ${seconds(attempt.ended)}`];
  const late = `The clock of samewire was late by up to ${seconds(attempt.lag)}, so the times may be off by as much.`;
  const parts = [
    make("p", { class: "plain" }, make("code", { text: line }), ` · ${times.filter(Boolean).join(", ")}`),
    attempt.lag >= 0.02 ? plain(late) : "",
    attempt.failure ? make("p", { class: "failure", text: attempt.failure }) : "",
    attempt.headers.length ? headerLines(attempt.headers) : "",
    attempt.pieces && attempt.pieces.length ? streamView(attempt) : bodyView("Body", attempt),
  ];
  if (all.length === 1) return [make("h4", { text: `Response${waited}` }), ...parts];
  const title = `Attempt ${index + 1} of ${all.length}${waited}: ${attempt.failure || attempt.status}`;
  return make("details", { class: "attempt", open: index === all.length - 1 }, make("summary", { text: title }), parts);
}

function curlView(exchange, tag, title) {
  if (!exchange.curl) return [make(tag, { text: title }), plain("The request is too long to be shown here; run.jsonl has it.")];
  const shown = make("pre", { tabindex: "0", text: exchange.curl });
  const button = make("button", { type: "button", text: "copy" });
  button.addEventListener("click", () => copy(exchange.curl, button, shown));
  return [make("div", { class: "head" }, make(tag, { text: title }), button), shown];
}

function exchangeParts(exchange, withCurl) {
  const controls = exchange.controls.map((answered) => (answered ? "answered" : "not answered")).join(", ");
  return [
    make("h4", { text: "Request" }),
    make("p", { class: "plain" }, make("code", { text: `${exchange.method} ${exchange.url}` })),
    headerLines(exchange.headers),
    bodyView("Body", exchange),
    exchange.stopped !== null ? plain(`Reading was stopped on purpose after ${exchange.stopped} bytes.`) : "",
    exchange.attempts.flatMap(attemptView),
    controls ? plain(`The control, sent in between: ${controls}.`) : "",
    exchange.leaked.length ? plain(`The answer repeats the key in its ${exchange.leaked.join(" and ")}; it is masked here.`) : "",
    withCurl ? curlView(exchange, "h4", "curl") : "",
  ].flat(2);
}

function exchangeView(exchange, index, count) {
  const last = exchange.attempts[exchange.attempts.length - 1];
  const came = last ? `${last.status || "no answer"} in ${seconds(last.ended)}` : "not sent";
  const again = exchange.repetition ? `, repetition ${exchange.repetition}` : "";
  const summary = make("summary", {},
    make("code", { text: `${exchange.method} ${exchange.url.replace(/^[a-z]+:\/\/[^/]*/, "")}` }),
    make("span", { class: "status", text: `${came}${again}${count > 1 ? ` · ${index + 1} of ${count}` : ""}` }));
  const view = make("details", { class: "exchange" }, summary);
  const fill = () => {
    if (view.open && view.childElementCount === 1) view.append(make("div", {}, exchangeParts(exchange, index > 0)));
  };
  view.addEventListener("toggle", fill);
  if (index === 0) {
    view.open = true;
    fill();
  }
  return view;
}
