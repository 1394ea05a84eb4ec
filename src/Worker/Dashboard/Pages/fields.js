import { byId, element, percent, t, valueAt } from "./common.js";
import { said } from "./said.js";

const MOST_CHARACTERS = 2000;
const escaped = name => String(name).replaceAll("~", "~0").replaceAll("/", "~1");
const isScalar = value => value === null || typeof value !== "object";

/** The answer as a tree, one row a field. */
export class Fields {
  #list = byId("fields");
  #rows = new Map();
  #on;
  #known = new Map();
  #said = new Map();
  chosen = null;

  constructor(on) {
    this.#on = on;
  }

  draw(insight) {
    this.#rows.clear();
    this.#known = new Map(insight.record.fields.map(field => [field.pointer, field]));
    this.#said = new Map(insight.reviews.flatMap(review => said(review).map(field => [field.pointer, { ...field, by: review.reviewer }])));
    this.#insight = insight;
    this.#list.replaceChildren(...this.#branch(insight.reviewed ?? insight.record.insight, ""));
    const first = this.#rows.values().next().value;
    if (first) first.tabIndex = 0;
  }

  #insight = null;

  #branch(value, pointer) {
    return Object.entries(value ?? {}).map(([name, part]) => {
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
    item.addEventListener("mouseenter", () => this.#on.light(pointer));
    item.addEventListener("mouseleave", () => this.#on.light(this.chosen));
    item.addEventListener("focus", () => this.choose(pointer, false));
    item.addEventListener("click", () => this.choose(pointer));
    this.#rows.set(pointer, item);
    return item;
  }

  #write(node, value) {
    const text = typeof value === "string" ? value : JSON.stringify(value);
    node.dir = "auto";
    if (text === "") {
      node.append(element("span", t("empty"), "quiet"));
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
    if (probability !== null && probability !== undefined) {
      sure.classList.add("band", band ?? "none");
      sure.textContent = `${percent(probability)}${band ? ` · ${t(band)}` : ""}`;
      item.dataset.uncertain = band === "high" ? "" : "true";
    } else if (field?.signals?.leastProbability) {
      sure.textContent = t("not calibrated; least token {p}", { p: percent(field.signals.leastProbability) });
    }
    // What a person wrote was not looked for.
    if (["corrected", "missing"].includes(this.#said.get(pointer)?.verdict)) return;
    const mark = item.querySelector(".mark");
    mark.textContent = field?.grounded === true ? t("✓ found in the media") : field?.grounded === false ? t("⚠ not in the media") : "";
    if (field?.grounded === false) item.dataset.uncertain = "true";
    const why = this.#why(field, pointer);
    if (why) item.querySelector(".why").append(t("no place"), element("span", `: ${why}`, "because"));
  }

  /** Why no place is shown. */
  #why(field, pointer) {
    if (field?.citations.some(index => this.#isPlace(this.#insight.record.citations[index]))) return "";
    if (this.#insight.record.citations.some(citation => pointer.startsWith(`${citation.field}/`) && citation.field
      && this.#isPlace(citation))) return "";
    // Who said that it was missing has drawn it, or what it is part of.
    if (this.#insight.reviews.flatMap(said).some(({ pointer: place, box }) => box && `${pointer}/`.startsWith(`${place}/`))) return "";
    const page = this.#insight.record.segment.page;
    const read = page ? t("page {n} was read", { n: page }) : "";
    const why = field?.grounded === false
      ? t("it was looked for in the text of the media and is not there")
      : t("there is no text to look in, or the value is one that the model words itself");
    return read ? `${why}; ${read}` : why;
  }

  #isPlace(citation) {
    return citation && (citation.box || citation.address || citation.lines || citation.frameSeconds !== undefined
      && citation.frameSeconds !== null || citation.startSeconds !== undefined && citation.startSeconds !== null);
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
    for (const row of this.#list.querySelectorAll(".lit")) row.classList.remove("lit");
    this.#rows.get(pointer ?? this.chosen)?.classList.add("lit");
  }

  choose(pointer, focus = true) {
    const row = this.#rows.get(pointer);
    if (!row) return;
    for (const other of this.#list.querySelectorAll("[aria-selected=true]")) {
      other.tabIndex = -1;
      other.setAttribute("aria-selected", "false");
    }
    const first = this.#rows.values().next().value;
    if (first !== row) first.tabIndex = -1;
    row.tabIndex = 0;
    this.chosen = pointer;
    this.light(pointer);
    this.#on.show(pointer);
    this.#on.light(pointer);
    row.setAttribute("aria-selected", "true");
    if (focus && document.activeElement !== row) row.focus();
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
