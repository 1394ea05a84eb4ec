import { ask, byId, element, shape, t, time } from "./common.js";
import { valueAt } from "./fields.js";

/** What a person says of the fields: sent one by one, each on the revision that was seen. */
export class Review {
  #id;
  #fields;
  #media;
  #load;
  #insight = null;
  #verdict = null;

  constructor({ id, fields, media, load }) {
    [this.#id, this.#fields, this.#media, this.#load] = [id, fields, media, load];
    const on = (name, work) => byId(name).addEventListener("click", work);
    on("accept", () => this.accept());
    on("correct", () => this.correct());
    on("reject", () => this.reject());
    on("missing", () => this.add());
    on("save", () => this.#save());
    on("close", () => byId("edit").close());
    on("draw", () => this.#draw());
    byId("edit").addEventListener("close", () => this.#refocus());
    byId("value").addEventListener("keydown", event => {
      if (event.key !== "Enter" || event.shiftKey) return;
      event.preventDefault();
      this.#save();
    });
  }

  draw(insight) {
    this.#insight = insight;
    byId("reviews-title").hidden = insight.reviews.length === 0;
    byId("reviews").replaceChildren(...insight.reviews.map(review => {
      const item = element("li", `${review.reviewer} · ${time(review.at)}`);
      const list = element("ul");
      list.append(...review.fields.map(field => {
        const value = field.value === null || field.value === undefined ? "" : ` → ${JSON.stringify(field.value)}`;
        return element("li", `${t(field.verdict)} ${field.pointer}${value}${field.note ? ` · ${field.note}` : ""}`);
      }));
      item.append(list);
      return item;
    }));
  }

  accept() {
    return this.#of(pointer => this.#send({ pointer, verdict: "accepted" }));
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
    byId("edit-hint").textContent = verdict === "missing"
      ? t("The field's place in the answer; an item of a list ends in /-. A value that is no text is written as JSON.")
      : t("A value that is no text is written as JSON.");
    byId("edit-pointer").hidden = verdict !== "missing";
    byId("edit-box").hidden = this.#media.page === null;
    byId("pointer").value = pointer;
    byId("value").value = value;
    byId("remark").value = "";
    byId("edit-problem").hidden = true;
    for (const side of ["left", "top", "width", "height"]) byId(side).value = "";
    byId("edit").showModal();
    (verdict === "missing" ? byId("pointer") : byId("value")).focus();
  }

  #refocus() {
    const chosen = this.#fields.chosen;
    if (chosen) this.#fields.choose(chosen);
  }

  /** What was written: as JSON when the value before was no text, or when it looks like that and nothing was before. */
  #written(text) {
    const before = this.#verdict === "corrected" ? valueAt(this.#whole, byId("pointer").value) : undefined;
    if (typeof before === "string") return text;
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

  async #save() {
    await this.#send({
      pointer: byId("pointer").value,
      verdict: this.#verdict,
      value: this.#written(byId("value").value),
      box: this.#box(),
      page: this.#box() ? this.#media.page : undefined,
      note: byId("remark").value || undefined,
    });
  }

  async #send(field) {
    const problem = text => {
      byId("edit-problem").textContent = text;
      byId("edit-problem").hidden = false;
      this.#say(text, true);
    };
    try {
      const review = await ask(`insights/${this.#id}/reviews`, {
        method: "PUT",
        headers: { "Content-Type": "application/json", "If-Match": `"${this.#insight.revision}"` },
        body: JSON.stringify({ fields: [field] }),
      });
      byId("edit").close();
      const chosen = field.verdict === "missing" ? this.#fields.chosen : field.pointer;
      await this.#load(chosen);
      this.#refocus();
      this.#say(t("{verdict}: {pointer} (review {n})", { verdict: t(field.verdict), pointer: field.pointer, n: review.revision }));
    } catch (error) {
      problem(error.message);
      // What somebody else said is shown, so that it can be seen before it is said again.
      if (error.status === 412) await this.#load(this.#fields.chosen);
    }
  }

  /** Lets a box be drawn on the page, and comes back to the form. */
  #draw() {
    const places = byId("places");
    if (!places) return;
    byId("edit").close();
    this.#say(t("Draw the box with the mouse."));
    places.classList.add("drawing");
    let from = null;
    const mark = shape("rect", { class: "drawn" });
    const point = event => {
      const area = places.getBoundingClientRect();
      return [(event.clientX - area.left) / area.width, (event.clientY - area.top) / area.height]
        .map(share => Math.min(1, Math.max(0, share)));
    };
    const move = event => {
      if (!from) return;
      const [x, y] = point(event);
      const box = { x: Math.min(x, from[0]), y: Math.min(y, from[1]), width: Math.abs(x - from[0]), height: Math.abs(y - from[1]) };
      for (const [key, value] of Object.entries(box)) mark.setAttribute(key, value);
      byId("left").value = (100 * box.x).toFixed(1);
      byId("top").value = (100 * box.y).toFixed(1);
      byId("width").value = (100 * box.width).toFixed(1);
      byId("height").value = (100 * box.height).toFixed(1);
    };
    places.addEventListener("pointermove", move);
    places.addEventListener("pointerdown", event => {
      from = point(event);
      places.append(mark);
      places.setPointerCapture(event.pointerId);
    }, { once: true });
    places.addEventListener("pointerup", () => {
      places.removeEventListener("pointermove", move);
      places.classList.remove("drawing");
      mark.remove();
      this.#say("");
      byId("edit").showModal();
      byId("save").focus();
    }, { once: true });
  }
}
