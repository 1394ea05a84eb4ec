// Everything shown comes from media and from a model: it is set as text, never as markup.
import { japanese } from "./words.js";

const root = new URL("../", import.meta.url);
const isJapanese = navigator.language.toLowerCase().startsWith("ja");

export const byId = id => document.getElementById(id);
export const at = path => new URL(path, root).href;
/** A text of the interface in the reader's language; what stands in braces is filled in. */
export const t = (text, values = {}) =>
  (isJapanese && japanese[text] || text).replace(/\{(\w+)\}/g, (_, name) => values[name] ?? "");
export const words = name => t(name.replace(/([a-z])([A-Z])/g, "$1 $2").toLowerCase());
export const time = text => text ? new Date(text).toLocaleString() : "";
export const isKnown = value => value !== null && value !== undefined;
export const percent = share => `${(100 * share).toFixed(1)} %`;

export function element(name, text, className) {
  const node = document.createElement(name);
  if (text !== undefined && text !== null) node.textContent = text;
  if (className) node.className = className;
  return node;
}

export function link(path, text) {
  const node = element("a", text);
  node.href = at(path);
  return node;
}

export function shape(name, attributes) {
  const node = document.createElementNS("http://www.w3.org/2000/svg", name);
  for (const [key, value] of Object.entries(attributes)) node.setAttribute(key, value);
  return node;
}

/** A source as a link: its name, and below it where it lies. */
export function sourceLink(path, source) {
  const cut = /^(?:[a-z][\w+.-]*:\/\/|[\\/]|[A-Za-z]:\\)/i.test(source) ? /^(.*[\\/])([^\\/]+)$/s.exec(source) : null;
  return cut ? [link(path, cut[2]), element("span", cut[1], "folder")] : [link(path, source)];
}

/** What a segment is, in words; the whole job when there is none. */
export function segmentName(segment) {
  if (!segment) return t("all");
  if (segment.page) return t("page {n}", { n: segment.page });
  if (isKnown(segment.startSeconds)) return `${segment.startSeconds.toFixed(1)}–${segment.endSeconds.toFixed(1)} s`;
  return words(segment.kind);
}

export function button(text, work, label) {
  const node = element("button", text);
  node.type = "button";
  if (label) node.setAttribute("aria-label", label);
  node.addEventListener("click", () => work(node));
  return node;
}

export function row(cells) {
  const line = element("tr");
  for (const cell of cells) {
    const column = element("td");
    column.append(...(Array.isArray(cell) ? cell : [cell instanceof Node ? cell : document.createTextNode(cell ?? "")]));
    line.append(column);
  }
  return line;
}

/** Gives each cell the name of its column: on a phone, a row is read from top to bottom. */
export function labelled(table, rows) {
  const heads = [...table.tHead.rows[0].cells].map(cell => cell.textContent.trim());
  for (const line of rows) [...line.cells].forEach((cell, index) => { if (heads[index]) cell.dataset.label = heads[index]; });
  return rows;
}

const MOST_LOOKED_AHEAD = 100;

/** Shows nodes in place of others. What is the same stays: the focus, a choice of text and a pointer on its way are not lost. */
export function renew(parent, nodes) {
  let old = parent.firstElementChild;
  for (const node of nodes) {
    let same = old;
    for (let ahead = 0; same && !same.isEqualNode(node); ahead++) same = ahead < MOST_LOOKED_AHEAD ? same.nextElementSibling : null;
    if (!same) {
      parent.insertBefore(node, old);
      continue;
    }
    while (old !== same) [old] = [old.nextElementSibling, old.remove()];
    old = old.nextElementSibling;
  }
  while (old) [old] = [old.nextElementSibling, old.remove()];
}

/** Fills a table, or says that there is nothing. */
export function fill(table, none, rows) {
  renew(byId(table).tBodies[0], labelled(byId(table), rows));
  byId(table).hidden = rows.length === 0;
  byId(none).hidden = rows.length > 0;
}

/** The value at a JSON pointer; undefined where there is none. */
export function valueAt(root, pointer) {
  return pointer.split("/").slice(1).map(name => name.replaceAll("~1", "/").replaceAll("~0", "~"))
    .reduce((value, name) => value === null || typeof value !== "object" ? undefined : value[name], root);
}

/** What the worker answers, as an error that says it in its own words. */
export class Refused extends Error {
  constructor(status, body) {
    const errors = Object.entries(body?.errors ?? {}).map(([field, said]) => `${field} ${[said].flat().join(" ")}`);
    super(errors.join(" ") || body?.detail || body?.title || `HTTP ${status}`);
    this.status = status;
    this.body = body;
  }
}

export async function ask(path, options = {}) {
  const answer = await fetch(at(path), { ...options, headers: { Accept: "application/json", ...options.headers } });
  const body = answer.headers.get("Content-Type")?.includes("json") ? await answer.json() : null;
  if (!answer.ok) throw new Refused(answer.status, body);
  return body;
}

export const act = (path, method = "POST") => ask(path, { method, headers: { "X-Qwen35Batch": "dashboard" } });

export function say(problem) {
  byId("problem").hidden = !problem;
  byId("problem").textContent = problem ?? "";
}

/** A form's fields that say something, for an address. */
export function query(form, more = {}) {
  const parts = new URLSearchParams();
  for (const [name, value] of [...new FormData(form), ...Object.entries(more)])
    if (value !== "" && value !== null && value !== undefined) parts.set(name, value);
  return parts;
}

/** Fills a form from this page's address. */
export function restore(form) {
  for (const [name, value] of new URLSearchParams(location.search)) {
    const field = form.elements[name];
    // A name of a state or a reason may be written in either case.
    const known = [...field?.options ?? []].find(option => option.value.toLowerCase() === value.toLowerCase());
    if (field) field.value = known?.value ?? value;
  }
}

document.documentElement.lang = isJapanese ? "ja" : "en";
for (const node of document.querySelectorAll("[data-t]")) node.textContent = t(node.textContent);
for (const node of document.querySelectorAll("[data-label]")) node.setAttribute("aria-label", t(node.dataset.label));
