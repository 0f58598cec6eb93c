"use strict";
// Two languages in one file: every text has a name in the catalogue; names of checks and their sentences stay as they are.

const catalogue = JSON.parse(document.getElementById("texts").textContent);
let language = "en";

function T(name, values) {
  const text = catalogue[language][name] || catalogue.en[name] || name;
  return text.replace(/\{(\w+)\}/g, (whole, key) => (values && key in values ? String(values[key]) : whole));
}

// A word of the matrix has no attribute of its own, as there are thousands: it is known by itself.
const wordNames = new Map(Object.keys(catalogue.en).filter((name) => name.startsWith("word."))
  .flatMap((name) => Object.values(catalogue).map((texts) => [texts[name], name])));

function wordName(element) {
  return wordNames.get(element.textContent).slice(5);
}

function speak(chosen) {
  if (chosen !== language) {
    const words = [...document.querySelectorAll("#matrix td .w")].map((element) => [element, wordNames.get(element.textContent)]);
    language = chosen;
    for (const [element, name] of words) element.textContent = T(name);
  }
  document.documentElement.lang = language === "zh" ? "zh-Hans" : "en";
  // Attributes that name a text, and what that text becomes.
  for (const [name, act] of Object.entries({
    t: (element, text) => { element.textContent = text; },
    label: (element, text) => element.setAttribute("aria-label", text),
    placeholder: (element, text) => { element.placeholder = text; },
  })) {
    for (const element of document.querySelectorAll(`[data-${name}]`)) {
      act(element, T(element.dataset[name], element.dataset.v && JSON.parse(element.dataset.v)));
    }
  }
  for (const element of document.querySelectorAll("[data-en]")) element.textContent = element.dataset[language];
  const button = document.getElementById("language");
  button.textContent = T("language");
  button.lang = language === "zh" ? "en" : "zh";
}
