// The page of a check: the requirement, and what was seen at every endpoint. Its address is #check/<id>.

async function openCheck(id) {
  const turn = (asked += 1);
  const links = [...cells.values()].filter((link) => checkOf(link) === id);
  const check = await checkNamed(id);
  const found = await Promise.all(links.map(async (link) => (await evidenceOf(link.dataset.e, id)).cell));
  if (turn !== asked || !check) return;
  const rows = links.map((link, at) => {
    const column = columnOf(link.dataset.e);
    const cell = found[at] || { message: "", notes: [], effect: "" };
    const word = wordName(link.querySelector(".w"));
    return make("li", {},
      make("p", {}, chip(link, column.label), " ", make("span", { class: "model", text: column.model }), " ", effectOf(cell)),
      make("p", { class: "plain", text: noted(cell.message || (word === "supported" ? T("seen") : cell.reason), cell) }));
  });
  show(make("div", { class: "panel-head" }, make("code", { text: check.id }), acts()),
    titleOf(check),
    aboutOf(check, ""),
    make("p", { class: "sentence" }, coded(check.sentence)),
    check.sources.length ? make("h3", { text: T("sources") }) : "",
    check.sources.map(sourceView),
    make("h3", { text: T("all cells") }),
    make("ul", { class: "across" }, rows));
}
