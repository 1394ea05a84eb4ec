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

export function row(cells) {
  const line = element("tr");
  for (const cell of cells) {
    const column = element("td");
    column.append(...(Array.isArray(cell) ? cell : [cell instanceof Node ? cell : document.createTextNode(cell ?? "")]));
    line.append(column);
  }
  return line;
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
