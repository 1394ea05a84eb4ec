import { at, byId, element, shape, t, valueAt } from "./common.js";

const MOST_FRAMES = 120;
const startOf = citation => citation.frameSeconds ?? citation.startSeconds;
const isOfChapter = pointer => /^\/chapters\//.test(pointer);
const isKnown = value => value !== null && value !== undefined;

/** A video or sound, the spans that its fields rest on, and the frames that were really sent. */
export class Player {
  #player;
  #insight;

  constructor(target, insight, pointers, on) {
    this.#insight = insight;
    const { media, record, hasMedia } = insight;
    const isVideo = media.kind === "video";
    this.#player = element(isVideo ? "video" : "audio");
    this.#player.id = "player";
    this.#player.controls = true;
    this.#player.preload = "metadata";
    if (hasMedia) this.#player.src = at(`media/${media.sha256}/content`);
    target.replaceChildren(this.#player, this.#bands(pointers, on));
    const frames = record.citations.filter(citation => isKnown(citation.frameSeconds) && !citation.field);
    if (isVideo && hasMedia && frames.length) target.append(this.#strip(frames));
  }

  #bands(pointers, on) {
    const { media } = this.#insight, length = media.durationSeconds || 1;
    const rows = [];
    const band = (name, spans, kind) => spans.length && rows.push({ name, spans, kind });
    const cited = [...pointers].flatMap(([pointer, citations]) => citations.filter(citation => isKnown(startOf(citation)))
      .map(citation => ({ start: startOf(citation), end: citation.endSeconds ?? startOf(citation), title: this.#titleOf(pointer), pointer,
        isSpeech: ["transcript", "subtitle"].includes(citation.method) })));
    band(t("chapters"), [...(media.chapters ?? []).map(chapter =>
      ({ start: chapter.startSeconds, end: chapter.endSeconds, title: chapter.title })), ...cited.filter(span => isOfChapter(span.pointer))],
    "chapter");
    band(t("events"), cited.filter(span => !span.isSpeech && !isOfChapter(span.pointer)), "event");
    band(t("speech"), cited.filter(span => span.isSpeech), "speech");
    const list = element("div", null, "bands");
    for (const { name, spans, kind } of rows) {
      const track = shape("svg", { viewBox: `0 0 ${length} 1`, preserveAspectRatio: "none", class: `track ${kind}`, role: "img" });
      track.setAttribute("aria-label", name);
      track.append(...spans.map(span => {
        const mark = shape("rect", { x: span.start, y: 0, width: Math.max(span.end - span.start, length / 200), height: 1, class: "place" });
        if (span.pointer) mark.dataset.pointer = span.pointer;
        mark.append(shape("title", {}));
        mark.firstChild.textContent = `${span.title} · ${span.start.toFixed(1)} s`;
        mark.addEventListener("click", event => {
          event.stopPropagation();
          this.#go(span.start);
          if (span.pointer) on.choose(span.pointer);
        });
        if (span.pointer) mark.addEventListener("mouseenter", () => on.light(span.pointer));
        return mark;
      }));
      track.addEventListener("click", event => this.#go(length * event.offsetX / track.clientWidth));
      list.append(element("span", name, "quiet"), track);
    }
    return list;
  }

  /** What a field's item says of itself. */
  #titleOf(pointer) {
    const whole = this.#insight.reviewed ?? this.#insight.record.insight, own = valueAt(whole, pointer);
    const item = valueAt(whole, pointer.slice(0, pointer.lastIndexOf("/"))) ?? {};
    return String(item.title ?? item.description ?? item.text ?? item.name ?? own ?? pointer);
  }

  #strip(frames) {
    const strip = element("ol", null, "frames");
    strip.setAttribute("aria-label", t("the frames that were sent"));
    strip.append(...frames.slice(0, MOST_FRAMES).map(frame => {
      const item = element("li"), button = element("button"), picture = element("img");
      picture.loading = "lazy";
      picture.alt = `${frame.frameSeconds.toFixed(1)} s`;
      picture.src = at(`media/${this.#insight.media.sha256}/frames/${Math.round(frame.frameSeconds * 1000)}?width=160`);
      button.type = "button";
      button.append(picture, element("span", `${frame.frameSeconds.toFixed(1)} s`));
      button.addEventListener("click", () => this.#go(frame.frameSeconds));
      item.append(button);
      return item;
    }));
    return strip;
  }

  #go(seconds) {
    this.#player.currentTime = seconds;
    byId("shown").dataset.seconds = seconds;
  }

  seek(citation) {
    if (isKnown(startOf(citation))) this.#go(startOf(citation));
  }

  light() {}
}
