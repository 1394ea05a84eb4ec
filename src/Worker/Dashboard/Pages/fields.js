import { byId, element, isKnown, percent, t, valueAt } from "./common.js";
import { said } from "./said.js";
import { namesOf, schemaAt } from "./schema.js";

const MOST_CHARACTERS = 2000;
const escaped = name => String(name).replaceAll("~", "~0").replaceAll("/", "~1");
const isScalar = value => value === null || typeof value !== "object";
const isPlace = citation => citation && (citation.box || citation.address || citation.lines || isKnown(citation.frameSeconds)
  || isKnown(citation.startSeconds));
const above = pointer => pointer.slice(0, pointer.lastIndexOf("/"));

/** The answer as a tree, one row a field. */
export class Fields {
  #list = byId("fields");
  #rows = new Map();
  #on;
  #insight = null;
  #known = new Map();
  #said = new Map();
  #placed = new Set();
  #drawn = new Set();
  #lit = null;
  #selected = null;
  chosen = null;

  constructor(on) {
    this.#on = on;
    const pointerOf = event => event.target.closest("[data-pointer]")?.dataset.pointer ?? null;
    this.#list.addEventListener("mouseover", event => this.#on.light(pointerOf(event) ?? this.chosen));
    this.#list.addEventListener("mouseleave", () => this.#on.light(this.chosen));
    this.#list.addEventListener("focusin", event => event.target.dataset.pointer && this.choose(event.target.dataset.pointer, false));
    this.#list.addEventListener("click", event => pointerOf(event) && this.choose(pointerOf(event)));
  }

  draw(insight) {
    const { record, reviews } = insight;
    this.#insight = insight;
    this.#rows.clear();
    this.#lit = this.#selected = null;
    this.#known = new Map(record.fields.map(field => [field.pointer, field]));
    this.#said = new Map(reviews.flatMap(review => said(review).map(field => [field.pointer, { ...field, by: review.reviewer }])));
    // Who said that something was missing has drawn it, or what it is part of.
    this.#drawn = new Set(reviews.flatMap(said).filter(field => field.box).map(field => field.pointer));
    this.#placed = new Set(record.citations.filter(citation => citation.field && isPlace(citation)).map(citation => citation.field));
    const isCalibrated = record.fields.some(field => isKnown(field.probability));
    byId("uncalibrated").hidden = isCalibrated || !record.fields.some(field => field.signals?.leastProbability);
    const all = document.createDocumentFragment();
    all.append(...this.#branch(insight.reviewed ?? record.insight, ""));
    this.#list.replaceChildren(all);
    const first = this.#rows.values().next().value;
    if (first) first.tabIndex = 0;
  }

  /** The members of an object in the order of the schema: a database may keep them in another. */
  #members(value, pointer) {
    const members = Object.entries(value ?? {});
    if (Array.isArray(value) || members.length < 2) return members;
    const place = new Map(namesOf(schemaAt(this.#insight.schema, pointer)).map((name, index) => [name, index]));
    return place.size === 0 ? members
      : members.sort(([one], [other]) => (place.get(one) ?? place.size) - (place.get(other) ?? place.size));
  }

  #branch(value, pointer) {
    return this.#members(value, pointer).map(([name, part]) => {
      const place = `${pointer}/${escaped(name)}`;
      const shown = Array.isArray(value) ? `${Number(name) + 1}` : name;
      if (isScalar(part)) return this.#leaf(shown, part, place);
      const item = element("li", null, "branch");
      item.setAttribute("role", "treeitem");
      item.setAttribute("aria-expanded", "true");
      const group = element("ul");
      group.setAttribute("role", "group");
      group.append(...this.#branch(part, place));
      item.append(element("span", shown, "name"), group);
      if (group.childElementCount === 0) item.replaceChildren(item.firstChild, " ", element("span", t("none"), "quiet"));
      return item;
    });
  }

  #leaf(name, value, pointer) {
    const item = byId("row").content.firstElementChild.cloneNode(true);
    item.dataset.pointer = pointer;
    item.querySelector(".name").textContent = name;
    this.#write(item.querySelector(".value"), value);
    this.#sureness(item, this.#known.get(pointer), pointer);
    this.#verdict(item, this.#said.get(pointer), pointer);
    this.#rows.set(pointer, item);
    return item;
  }

  #write(node, value) {
    const text = typeof value === "string" ? value : JSON.stringify(value);
    node.dir = "auto";
    if (text === "" || value === null) {
      node.append(element("span", text === "" ? t("empty") : "null", "quiet"));
      return;
    }
    if (text.length <= MOST_CHARACTERS) {
      node.textContent = text;
      return;
    }
    const more = element("button", t("Show all {n} characters", { n: text.length.toLocaleString() }));
    more.type = "button";
    more.addEventListener("click", event => {
      event.stopPropagation();
      node.textContent = text;
    });
    node.replaceChildren(text.slice(0, MOST_CHARACTERS), "… ", more);
  }

  #sureness(item, field, pointer) {
    const sure = item.querySelector(".sure"), band = field?.band, probability = field?.probability;
    if (isKnown(probability)) {
      sure.classList.add("band", band ?? "none");
      sure.textContent = `${percent(probability)}${band ? ` · ${t(band)}` : ""}`;
      item.dataset.uncertain = band === "high" ? "" : "true";
    } else if (field?.signals?.leastProbability) {
      sure.textContent = t("token {p}", { p: percent(field.signals.leastProbability) });
    }
    // What a person wrote was not looked for.
    if (["corrected", "missing"].includes(this.#said.get(pointer)?.verdict)) return;
    const mark = item.querySelector(".mark");
    mark.textContent = field?.grounded === true ? t("✓ found in the media") : field?.grounded === false ? t("⚠ not in the media") : "";
    if (field?.grounded === false) {
      item.dataset.uncertain = "true";
      mark.classList.add("doubt");
    }
    const why = this.#why(field, pointer);
    if (why) item.querySelector(".why").append(t("no place"), element("span", `: ${why}`, "because"));
  }

  /** Why no place is shown. */
  #why(field, pointer) {
    if (field?.citations.some(index => isPlace(this.#insight.record.citations[index]))) return "";
    for (let place = pointer; place; place = above(place))
      if (this.#drawn.has(place) || place !== pointer && this.#placed.has(place)) return "";
    const page = this.#insight.record.segment.page;
    const read = page ? t("page {n} was read", { n: page }) : "";
    const why = field?.grounded === false
      ? t("it was looked for in the text of the media and is not there")
      : t("there is no text to look in, or the value is one that the model words itself");
    return read ? `${why}; ${read}` : why;
  }

  #verdict(item, said, pointer) {
    if (!said) return;
    item.dataset.verdict = said.verdict;
    const before = valueAt(this.#insight.record.insight, pointer);
    const note = element("span", `${t(said.verdict)} · ${said.by}${said.note ? ` · ${said.note}` : ""}`, "verdict");
    if (said.verdict === "corrected") note.append(` · ${t("the model said {value}", { value: JSON.stringify(before) ?? "–" })}`);
    item.append(" ", note);
  }

  /** Lights the row of a field, and no other. */
  light(pointer) {
    this.#lit?.classList.remove("lit");
    this.#lit = this.#rows.get(pointer ?? this.chosen) ?? null;
    this.#lit?.classList.add("lit");
  }

  choose(pointer, focus = true) {
    const row = this.#rows.get(pointer);
    if (!row) return;
    const before = this.#selected ?? this.#rows.values().next().value;
    before.tabIndex = -1;
    this.#selected?.setAttribute("aria-selected", "false");
    this.#selected = row;
    row.tabIndex = 0;
    row.setAttribute("aria-selected", "true");
    this.chosen = pointer;
    this.light(pointer);
    this.#on.show(pointer);
    this.#on.light(pointer);
    if (focus && document.activeElement !== row) row.focus({ preventScroll: true });
    row.scrollIntoView({ block: "nearest" });
  }

  /** The fields that nobody has said anything of. */
  get unreviewed() {
    return [...this.#rows].filter(([, row]) => !row.dataset.verdict).map(([pointer]) => pointer);
  }

  move(step, isWanted = () => true) {
    const all = [...this.#rows.keys()];
    let index = this.chosen === null ? (step > 0 ? -1 : all.length) : all.indexOf(this.chosen);
    do index += step; while (all[index] !== undefined && !isWanted(this.#rows.get(all[index])));
    if (all[index] !== undefined) this.choose(all[index]);
  }

  moveToUncertain() {
    this.move(1, row => row.dataset.uncertain === "true" && !row.dataset.verdict);
  }
}
