import { element, t } from "./common.js";

const letters = column => column > 26
  ? letters(Math.floor((column - 1) / 26)) + String.fromCharCode(65 + (column - 1) % 26)
  : String.fromCharCode(64 + column);

function marked(node, cited, on) {
  const pointers = [...new Set(cited.map(entry => entry.pointer))];
  if (pointers.length === 0) return node;
  node.classList.add("cited");
  node.dataset.pointer = pointers[0];
  node.addEventListener("mouseenter", () => on.light(pointers[0]));
  node.addEventListener("click", () => on.choose(pointers[0]));
  return node;
}

/** A line with what is cited of it marked; ranges that overlap are cut at the one before. */
function line(text, offset, ranges, on) {
  const node = element("span", null, "line");
  let from = 0;
  for (const { range, pointer } of ranges.sort((a, b) => a.range.start - b.range.start)) {
    const start = Math.max(from, range.start - offset), end = Math.min(text.length, range.end - offset);
    if (end <= start) continue;
    node.append(text.slice(from, start), marked(element("mark", text.slice(start, end)), [{ pointer }], on));
    from = end;
  }
  node.append(text.slice(from));
  return node;
}

function lines(part, cited, on) {
  const list = element("ol", null, "lines");
  const ranges = cited.flatMap(({ pointer, citation }) => (citation.lines ?? []).map(range => ({ pointer, range })));
  list.start = part.line;
  list.append(...part.text.split("\n").map((text, index) => {
    const item = element("li");
    item.append(line(text, index === 0 ? part.column : 0, ranges.filter(entry => entry.range.line === part.line + index), on));
    return item;
  }));
  return list;
}

const nameOf = (place, column) =>
  place.name.endsWith("!") ? `${place.name}${letters(column)}${place.row}` : `${place.name}, row ${place.row}, cell ${column}`;

/** The cells of a row stand between bars; a bar within a cell is escaped. */
const cellsOf = text => text.replace(/^\s*\|/, "").replace(/\|\s*$/, "").split(/(?<!\\)\|/).map(cell => cell.trim().replaceAll("\\|", "|"));

function places(part, cited, on) {
  const view = element("div");
  let table = null;
  part.places.forEach((place, index) => {
    const text = part.text.slice(Math.max(0, place.start), part.places[index + 1]?.start ?? part.text.length).trim();
    if (place.row === null || place.row === undefined) {
      table = null;
      const [, title, rest] = /^(?:#+ +([^\n]*)(?:\n|$))?(.*)$/s.exec(text), block = element("div", null, "block");
      if (title) block.append(element("h4", title));
      else block.append(element("span", place.name, "tag"), " ");
      if (rest.trim()) block.append(element(title ? "p" : "span", rest.trim()));
      view.append(marked(block, cited.filter(({ citation }) => citation.address === place.name), on));
      return;
    }
    if (table === null) {
      table = element("table");
      view.append(table);
    }
    const row = element("tr");
    row.append(element("th", place.row), ...cellsOf(text.split("\n")[0]).map((cell, column) => {
      const name = nameOf(place, column + 1);
      const node = marked(element("td", cell), cited.filter(({ citation }) => citation.address === name), on);
      node.title = name;
      return node;
    }));
    table.append(row);
  });
  return view;
}

/** A part of a text or office document, as the model got it, with the cited places marked. */
export function textView(part, cited, on) {
  const view = element("div", null, "text scroll");
  view.tabIndex = 0;
  view.setAttribute("role", "region");
  view.setAttribute("aria-label", t("the text that was read"));
  if (part.places.length) view.append(places(part, cited, on));
  else if (part.line) view.append(lines(part, cited, on));
  else view.append(element("pre", part.text));
  return view;
}
