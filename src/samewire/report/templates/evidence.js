// The evidence: blocks of lines of JSON, compressed, in elements that no browser runs. Unpacked when first asked for.

const unpackedBlocks = new Map();

function unpack(name) {
  if (!unpackedBlocks.has(name)) unpackedBlocks.set(name, unpackBlock(name));
  return unpackedBlocks.get(name);
}

async function unpackBlock(name) {
  const packed = atob(document.getElementById(name).textContent);
  const bytes = new Uint8Array(packed.length);
  for (let at = 0; at < packed.length; at += 1) bytes[at] = packed.charCodeAt(at);
  const stream = new Blob([bytes]).stream().pipeThrough(new DecompressionStream("gzip"));
  const text = await new Response(stream).text();
  return text.split("\n").filter(Boolean).map((line) => JSON.parse(line));
}

let knownChecks = null;

async function checkNamed(id) {
  if (!knownChecks) knownChecks = new Map((await unpack("checks")).map((check) => [check.id, check]));
  return knownChecks.get(id);
}

async function evidenceOf(endpoint, id) {
  const lines = await unpack(`evidence-${endpoint}`);
  const cell = lines.find((line) => line.kind === "cell" && line.check === id);
  const exchanges = new Map(lines.filter((line) => line.kind === "exchange").map((line) => [line.id, line]));
  return { cell, exchanges };
}

// Elements are made one by one and filled as text: nothing that a provider sent is ever read as HTML.
function make(tag, content, ...children) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(content || {})) {
    if (name === "text") element.textContent = value;
    else if (value === true) element.setAttribute(name, "");
    else if (value !== false && value !== null && value !== undefined) element.setAttribute(name, value);
  }
  element.append(...children.flat(Infinity).filter((child) => child !== null && child !== undefined && child !== ""));
  return element;
}

// A button of the catalogue's name, and what it does.
function pressed(name, act, values) {
  const button = make("button", { type: "button", text: T(name, values) });
  button.addEventListener("click", () => act(button));
  return button;
}

// Text with `code` in it, as nodes.
function coded(text) {
  const parts = text.split("`");
  if (parts.length % 2 === 0) return [text];
  return parts.map((part, index) => (index % 2 ? make("code", { text: part }) : part));
}

// Indents JSON without reading its values, so that 1.0, 1e400 and repeated members stay as they came.
function indented(text) {
  try {
    JSON.parse(text);
  } catch {
    return null;
  }
  let made = "";
  let depth = 0;
  let quoted = false;
  const line = () => `\n${"  ".repeat(Math.min(depth, 40))}`;
  for (let at = 0; at < text.length; at += 1) {
    const sign = text[at];
    if (quoted) {
      made += sign;
      if (sign === "\\") made += text[(at += 1)];
      else if (sign === '"') quoted = false;
    } else if (sign === '"') {
      quoted = true;
      made += sign;
    } else if (sign === "{" || sign === "[") {
      const end = text.slice(at + 1).search(/\S/) + at + 1;
      if (text[end] === "}" || text[end] === "]") {
        made += sign + text[end];
        at = end;
      } else {
        depth += 1;
        made += sign + line();
      }
    } else if (sign === "}" || sign === "]") {
      depth -= 1;
      made += line() + sign;
    } else if (sign === ",") made += sign + line();
    else if (sign === ":") made += ": ";
    else if (!/\s/.test(sign)) made += sign;
  }
  return made;
}

async function copy(text, button, shown) {
  const before = button.textContent;
  try {
    await navigator.clipboard.writeText(text);
    button.textContent = T("copied");
  } catch {
    if (shown) getSelection().selectAllChildren(shown);
    button.textContent = T(shown ? "selected" : "not allowed");
  }
  setTimeout(() => { button.textContent = before; }, 1500);
}
