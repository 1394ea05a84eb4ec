import { ask, at, byId, element, shape, t } from "./common.js";
import { said } from "./said.js";
import { Player } from "./player.js";
import { textView } from "./text.js";

const WIDTH = 1200;
const LARGE_WIDTH = 2400;
const SIZES = [1, 1.5, 2, 3, 4];
const PLACE = shape("rect", { class: "place" });

/** The boxes of a citation, one a line. */
const boxesOf = citation => citation.boxes ?? (citation.box ? [citation.box] : []);

/** What was read, with the places that the fields rest on. */
export class Media {
  #on;
  #insight = null;
  #pointers = new Map();
  #page = null;
  #player = null;
  #lit = null;
  #words = [];
  #size = 0;

  constructor(on) {
    this.#on = on;
    byId("smaller").addEventListener("click", () => this.zoom(-1));
    byId("larger").addEventListener("click", () => this.zoom(1));
    byId("unused").addEventListener("change", () => this.#drawWords());
  }

  async draw(insight) {
    const isFirst = this.#insight === null;
    this.#insight = insight;
    this.#pointers = this.#citedBy(insight);
    if (!isFirst) {
      if (!byId("places")) return;
      this.#drawPlaces();
      this.#drawWords();
      return;
    }
    const kind = insight.media?.kind;
    if (kind === "image" || kind === "pdf") this.#drawPages();
    else if (kind === "video" || kind === "audio") this.#player = new Player(byId("shown"), insight, this.#pointers, this.#on);
    else if (kind === "office" || kind === "text") await this.#drawText();
    if (!insight.hasMedia) this.#gone(t("The source has changed or is gone (sha {sha}…): only the places are left.",
      { sha: insight.media?.sha256.slice(0, 12) ?? "?" }));
  }

  /** The fields by what they cite: their own citations, those that name them, and what a reviewer drew. */
  #citedBy({ record, reviews }) {
    const pointers = new Map();
    const add = (pointer, citation) => pointers.set(pointer, [...pointers.get(pointer) ?? [], citation]);
    for (const field of record.fields) for (const index of field.citations) add(field.pointer, record.citations[index]);
    for (const citation of record.citations)
      if (citation.field && !pointers.get(citation.field)?.includes(citation)) add(citation.field, citation);
    for (const field of reviews.flatMap(said))
      if (field.box) pointers.set(field.pointer, [{ page: field.page, box: field.box, method: "reviewer" }]);
    return pointers;
  }

  /** The citations of a field, or of what it is part of. */
  #citations(pointer) {
    for (let place = pointer ?? ""; place; place = place.slice(0, place.lastIndexOf("/")))
      if (this.#pointers.has(place)) return this.#pointers.get(place);
    return [];
  }

  #gone(why) {
    byId("gone").hidden = false;
    byId("gone").textContent = why;
  }

  #drawPages() {
    const { record, media } = this.#insight;
    const pages = [...new Set([record.segment.page, ...record.citations.map(citation => citation.page)])]
      .filter(page => page).sort((a, b) => a - b);
    if (pages.length > 1) byId("pages").replaceChildren(...pages.map(page => {
      const button = element("button", t("page {n}", { n: page }));
      button.type = "button";
      button.dataset.page = page;
      button.addEventListener("click", () => this.#turnTo(page));
      return button;
    }));
    byId("unused-label").hidden = media.kind !== "pdf";
    this.#turnTo(pages[0] ?? 1);
  }

  #turnTo(page) {
    if (this.#page === page) return;
    this.#page = page;
    const { media, hasMedia } = this.#insight;
    const sheet = element("div", null, "sheet");
    const places = shape("svg", { viewBox: "0 0 1 1", preserveAspectRatio: "none", id: "places", "aria-hidden": "true" });
    places.append(shape("g", { id: "words" }), shape("g", { id: "cited" }));
    const pointerOf = event => event.target.closest("[data-pointer]")?.dataset.pointer;
    places.addEventListener("mouseover", event => {
      const pointer = pointerOf(event);
      if (!pointer) return;
      this.#on.light(pointer);
      this.light(pointer);
    });
    places.addEventListener("click", event => pointerOf(event) && this.#on.choose(pointerOf(event)));
    if (hasMedia) {
      const picture = element("img");
      picture.id = "picture";
      picture.alt = t("page {n} of {source}", { n: page, source: this.#insight.record.source });
      picture.addEventListener("error", () => this.#explain(picture));
      sheet.append(picture);
    } else {
      sheet.append(this.#blank());
    }
    sheet.append(places);
    byId("shown").replaceChildren(sheet);
    // A picture that comes, or another size, moves the places.
    new ResizeObserver(() => this.#showLit()).observe(sheet);
    byId("zoom").hidden = false;
    this.zoom(0);
    for (const button of byId("pages").children) button.setAttribute("aria-pressed", button.dataset.page === String(page));
    this.#drawPlaces();
    this.#drawWords();
  }

  /** Makes the page larger or smaller. */
  zoom(step) {
    const sheet = byId("shown").querySelector(".sheet"), picture = byId("picture");
    if (!sheet) return;
    this.#size = Math.min(SIZES.length - 1, Math.max(0, this.#size + step));
    const size = SIZES[this.#size], width = size > 1 ? LARGE_WIDTH : WIDTH;
    sheet.style.width = `${100 * size}%`;
    byId("size").textContent = `${100 * size} %`;
    byId("smaller").disabled = this.#size === 0;
    byId("larger").disabled = this.#size === SIZES.length - 1;
    const source = at(`media/${this.#insight.media.sha256}/pages/${this.#page}?width=${width}`);
    if (picture && picture.src !== source) picture.src = source;
    else this.#showLit();
  }

  /** A sheet of the shape of what is gone. */
  #blank() {
    const { width, height } = this.#insight.media;
    const blank = shape("svg", { viewBox: `0 0 ${width ?? 1000} ${height ?? 1414}`, class: "blank", role: "img" });
    blank.setAttribute("aria-label", t("a blank sheet"));
    return blank;
  }

  async #explain(picture) {
    picture.replaceWith(this.#blank());
    await ask(`media/${this.#insight.media.sha256}/pages/${this.#page}?width=${WIDTH}`).catch(error => this.#gone(error.message));
  }

  #drawPlaces() {
    const places = document.createDocumentFragment();
    for (const [pointer, citations] of this.#pointers) {
      for (const citation of citations) {
        if ((citation.page ?? this.#page) !== this.#page) continue;
        for (const box of boxesOf(citation)) places.append(this.#place(pointer, box, citation.method));
      }
    }
    byId("cited").replaceChildren(places);
    this.light(this.#lit);
  }

  #place(pointer, box, method) {
    const place = PLACE.cloneNode();
    place.setAttribute("x", box.left);
    place.setAttribute("y", box.top);
    place.setAttribute("width", box.width);
    place.setAttribute("height", box.height);
    place.setAttribute("data-pointer", pointer);
    if (method === "model" || method === "reviewer") place.setAttribute("class", "place claimed");
    return place;
  }

  /** Hatches the words of the text layer that no place covers. */
  async #drawWords() {
    const place = byId("words");
    place?.replaceChildren();
    if (!byId("unused").checked || !place || !this.#insight.hasMedia) return;
    const page = this.#page;
    this.#words = await ask(`media/${this.#insight.media.sha256}/words/${page}`).catch(() => []);
    if (page !== this.#page) return;
    const boxes = [...this.#pointers.values()].flat().filter(citation => (citation.page ?? page) === page).flatMap(boxesOf);
    const covers = (box, x, y) => x >= box.left && x <= box.left + box.width && y >= box.top && y <= box.top + box.height;
    place.replaceChildren(...this.#words
      .filter(({ box }) => !boxes.some(other => covers(other, box.left + box.width / 2, box.top + box.height / 2)))
      .map(({ text, box }) => {
        const word = shape("rect", { x: box.left, y: box.top, width: box.width, height: box.height, class: "unused" });
        word.append(shape("title", {}));
        word.firstChild.textContent = text;
        return word;
      }));
  }

  async #drawText() {
    if (!this.#insight.hasMedia) return;
    try {
      const cited = [...this.#pointers].flatMap(([pointer, citations]) => citations.map(citation => ({ pointer, citation })));
      const segment = this.#insight.record.segment.kind === "synthesis" ? 0 : this.#insight.record.segment.number;
      const part = await ask(`insights/${this.#insight.id}/text?segment=${segment}`);
      byId("shown").replaceChildren(textView(part, cited, this.#on));
    } catch (error) {
      this.#gone(error.message);
    }
  }

  /** Lights the places of a field, and no others. */
  light(pointer) {
    this.#lit = pointer ?? null;
    for (const place of byId("shown").querySelectorAll(".lit")) place.classList.remove("lit");
    if (!pointer) return;
    const own = byId("shown").querySelectorAll(`[data-pointer="${CSS.escape(pointer)}"]`);
    for (const place of own.length ? own : this.#ofParent(pointer)) place.classList.add("lit");
    this.#player?.light(pointer);
  }

  #ofParent(pointer) {
    for (let place = pointer.slice(0, pointer.lastIndexOf("/")); place; place = place.slice(0, place.lastIndexOf("/"))) {
      const found = byId("shown").querySelectorAll(`[data-pointer="${CSS.escape(place)}"]`);
      if (found.length) return found;
    }
    return [];
  }

  /** Turns to where a field stands. */
  show(pointer) {
    const [citation] = this.#citations(pointer);
    if (!citation) return;
    if (this.#player) this.#player.seek(citation);
    else if (citation.page && this.#page) this.#turnTo(citation.page);
    this.light(pointer);
    this.#showLit();
  }

  #showLit() {
    byId("shown").querySelector(":is(.text, #places) .lit")?.scrollIntoView({ block: "nearest", inline: "nearest" });
  }

  get page() {
    return this.#page;
  }
}
