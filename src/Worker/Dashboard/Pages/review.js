import { ask, byId, element, shape, t, time, valueAt } from "./common.js";
import { said } from "./said.js";
import { allowed, isText, namesOf, schemaAt } from "./schema.js";

const MOST_OPEN = 5;

/** What a person says of the fields: sent one by one, each on the revision that was seen. */
export class Review {
  #id;
  #fields;
  #media;
  #load;
  #insight = null;
  #verdict = null;
  #edited = null;
  #sending = Promise.resolve();

  constructor({ id, fields, media, load }) {
    [this.#id, this.#fields, this.#media, this.#load] = [id, fields, media, load];
    const on = (name, work) => byId(name).addEventListener("click", work);
    on("accept", () => this.accept());
    on("all", () => this.acceptAll());
    on("correct", () => this.correct());
    on("reject", () => this.reject());
    on("missing", () => this.add());
    on("save", () => this.#save());
    on("close", () => byId("edit").close());
    on("draw", () => this.#draw());
    byId("edit").addEventListener("close", () => this.#refocus());
    byId("pointer").addEventListener("input", () => this.#hint());
    byId("edit").addEventListener("keydown", event => {
      // While Japanese is composed, Enter takes what is proposed.
      if (event.key !== "Enter" || event.shiftKey || event.isComposing || event.target.closest("button")) return;
      event.preventDefault();
      if (event.target.id === "pointer") byId("value").focus();
      else this.#save();
    });
  }

  draw(insight) {
    this.#insight = insight;
    byId("schema-note").hidden = !insight.schemaNote;
    byId("schema-note").textContent = insight.schemaNote ?? "";
    byId("reviews-title").hidden = insight.reviews.length === 0;
    byId("reviews").replaceChildren(...insight.reviews.map(review => {
      const item = element("li", `${review.reviewer} · ${time(review.at)}`);
      const list = element("ul");
      list.append(...said(review).map(field => {
        const value = field.value === null || field.value === undefined ? "" : ` → ${JSON.stringify(field.value)}`;
        return element("li", `${t(field.verdict)} ${field.pointer}${value}${field.note ? ` · ${field.note}` : ""}`);
      }));
      if (review.fields.length <= MOST_OPEN) {
        item.append(list);
        return item;
      }

      const closed = element("details");
      closed.append(element("summary", t("{n} fields", { n: review.fields.length })), list);
      item.append(closed);
      return item;
    }));
  }

  accept() {
    return this.#of(pointer => this.#send({ pointer, verdict: "accepted" }));
  }

  /** Accepts whatever nobody has said anything of, in one review. */
  acceptAll() {
    const fields = this.#fields.unreviewed.map(pointer => ({ pointer, verdict: "accepted" }));
    if (fields.length === 0) this.#say(t("Every field is reviewed."));
    else return this.#send(...fields);
  }

  reject() {
    return this.#of(pointer => this.#send({ pointer, verdict: "rejected" }));
  }

  correct() {
    return this.#of(pointer => {
      const value = valueAt(this.#whole, pointer);
      this.#open("corrected", pointer, typeof value === "string" ? value : JSON.stringify(value));
    });
  }

  add() {
    const parent = this.#fields.chosen?.replace(/\/[^/]*$/, "") ?? "";
    this.#open("missing", `${parent}/`, "");
  }

  get #whole() {
    return this.#insight.reviewed ?? this.#insight.record.insight;
  }

  #of(work) {
    if (this.#fields.chosen === null) this.#say(t("Choose a field first: j is the next one."));
    else return work(this.#fields.chosen);
  }

  #say(text, isBad = false) {
    byId("said").textContent = text;
    byId("said").className = isBad ? "alarm" : "quiet";
  }

  #open(verdict, pointer, value) {
    this.#verdict = verdict;
    byId("edit-title").textContent = verdict === "missing" ? t("Add what is missing") : t("Correct {pointer}", { pointer });
    byId("edit-pointer").hidden = verdict !== "missing";
    byId("edit-box").hidden = this.#media.page === null;
    byId("pointer").value = pointer;
    byId("value").value = value;
    byId("remark").value = "";
    byId("edit-problem").hidden = true;
    for (const side of ["left", "top", "width", "height"]) byId(side).value = "";
    this.#hint();
    byId("absent").replaceChildren(...this.#absent().map(place => {
      const option = element("option");
      option.value = place;
      return option;
    }));
    byId("edit").showModal();
    (verdict === "missing" ? byId("pointer") : byId("value")).focus();
  }

  #hint() {
    const takes = allowed(schemaAt(this.#insight.schema, byId("pointer").value));
    byId("edit-hint").textContent = [
      this.#verdict === "missing" ? t("The field's place in the answer; an item of a list ends in /-.") : "",
      takes ? t("It takes: {what}.", { what: takes }) : t("A value that is no text is written as JSON."),
    ].join(" ");
  }

  /** The fields that the schema has beside the one that is looked at and the answer has not. */
  #absent() {
    const parent = (this.#fields.chosen ?? "").replace(/\/[^/]*$/, ""), value = valueAt(this.#whole, parent);
    return [...new Set([parent, ""])].flatMap(place => namesOf(schemaAt(this.#insight.schema, place))
      .filter(name => valueAt(this.#whole, place)?.[name] === undefined).map(name => `${place}/${name}`))
      .concat(Array.isArray(value) ? [`${parent}/-`] : []);
  }

  #refocus() {
    const chosen = this.#fields.chosen;
    if (chosen && !document.querySelector("dialog[open]")) this.#fields.choose(chosen);
  }

  /** What was written: as JSON where the field takes more than text and it looks like that. */
  #written(text) {
    const before = this.#verdict === "corrected" ? valueAt(this.#whole, byId("pointer").value) : undefined;
    if (typeof before === "string" || isText(schemaAt(this.#insight.schema, byId("pointer").value)) && text !== "null") return text;
    try {
      return JSON.parse(text);
    } catch {
      return text;
    }
  }

  #box() {
    const sides = ["left", "top", "width", "height"].map(side => byId(side).value);
    if (sides.some(side => side === "")) return undefined;
    const [left, top, width, height] = sides.map(side => Number(side) / 100);
    return { left, top, width, height };
  }

  #save() {
    this.#edited = {
      pointer: byId("pointer").value,
      verdict: this.#verdict,
      value: this.#written(byId("value").value),
      box: this.#box(),
      page: this.#box() ? this.#media.page : undefined,
      note: byId("remark").value || undefined,
    };
    return this.#send(this.#edited);
  }

  /** One after the other: each is said on the revision that the one before it made. */
  #send(...fields) {
    const sent = this.#sending.then(() => this.#put(fields));
    this.#sending = sent;
    return sent;
  }

  async #put(fields) {
    const [field] = fields, before = this.#fields.chosen;
    try {
      const review = await ask(`insights/${this.#id}/reviews`, {
        method: "PUT",
        headers: { "Content-Type": "application/json", "If-Match": `"${this.#insight.revision}"` },
        body: JSON.stringify({ fields }),
      });
      if (this.#edited === field) byId("edit").close();
      await this.#load();
      // Whoever has gone on meanwhile stays there.
      if (this.#fields.chosen === before && fields.length === 1 && field.verdict !== "missing") this.#fields.choose(field.pointer, false);
      this.#refocus();
      const pointer = fields.length > 1 ? t("{n} fields", { n: fields.length }) : field.pointer;
      this.#say(t("{verdict}: {pointer} (review {n})", { verdict: t(field.verdict), pointer, n: review.revision }));
    } catch (error) {
      this.#explain(error.message, this.#edited === field);
      // What somebody else said is shown, so that it can be seen before it is said again.
      if (error.status === 412) {
        await this.#load();
        this.#refocus();
      }
    }
  }

  /** Says what is wrong where it was written. */
  #explain(text, isInForm) {
    if (!isInForm || !byId("edit").open) {
      this.#say(text, true);
      return;
    }
    byId("edit-problem").textContent = text;
    byId("edit-problem").hidden = false;
  }

  /** Lets a box be drawn on the page, and comes back to the form. */
  #draw() {
    const places = byId("places");
    if (!places) return;
    byId("edit").close();
    this.#say(t("Draw the box with the mouse; Escape leaves it."));
    places.classList.add("drawing");
    const over = new AbortController(), mark = shape("rect", { class: "drawn" });
    let from = null, box = null;
    const on = (target, name, work) => target.addEventListener(name, work, { signal: over.signal });
    const point = event => {
      const area = places.getBoundingClientRect();
      return [(event.clientX - area.left) / area.width, (event.clientY - area.top) / area.height]
        .map(share => Math.min(1, Math.max(0, share)));
    };
    const end = () => {
      over.abort();
      places.classList.remove("drawing");
      mark.remove();
      this.#say("");
      if (box) for (const [side, share] of Object.entries(box)) byId(side).value = (100 * share).toFixed(1);
      byId("edit").showModal();
      byId("save").focus();
    };
    on(places, "pointerdown", event => {
      from = point(event);
      places.append(mark);
      places.setPointerCapture(event.pointerId);
    });
    on(places, "pointermove", event => {
      if (!from) return;
      const [x, y] = point(event);
      box = { left: Math.min(x, from[0]), top: Math.min(y, from[1]), width: Math.abs(x - from[0]), height: Math.abs(y - from[1]) };
      for (const [key, share] of Object.entries({ x: box.left, y: box.top, width: box.width, height: box.height }))
        mark.setAttribute(key, share);
    });
    // A click is no box.
    on(places, "pointerup", () => {
      if (box && (box.width < 0.002 || box.height < 0.002)) box = from = null;
      else end();
    });
    on(document, "keydown", event => {
      if (event.key !== "Escape") return;
      box = null;
      end();
    });
  }
}
