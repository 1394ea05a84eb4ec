import { ask, at, byId, element, say, t, time } from "./common.js";
import { Fields } from "./fields.js";
import { Media } from "./media.js";
import { Review } from "./review.js";

const id = location.pathname.replace(/\/$/, "").split("/").pop();
const isTyping = target => target.closest("input, textarea, select, dialog");

const media = new Media({ light: pointer => fields.light(pointer), choose: pointer => fields.choose(pointer) });
const fields = new Fields({ light: pointer => media.light(pointer), show: pointer => media.show(pointer) });
const review = new Review({ id, fields, media, load });
let insight = null;

function neighbour(name, number) {
  byId(name).hidden = number === null;
  if (number !== null) byId(name).href = at(`insights/${number}`);
}

/** Reads the insight anew, and keeps the field that is looked at. */
async function load(chosen = fields.chosen) {
  try {
    insight = await ask(`insights/${id}`);
    say();
  } catch (error) {
    say(error.message);
    // Of what is not there, nothing can be said.
    if (insight === null) for (const part of ["media", "answer", "help"]) byId(part).hidden = true;
    return;
  }
  const { record } = insight;
  document.title = `${record.source} · Qwen35Batch`;
  byId("source").textContent = record.source;
  neighbour("older", insight.older);
  neighbour("newer", insight.newer);
  byId("facts").replaceChildren(`${record.task.name} · ${record.model} · ${time(insight.storedAt)} · `, jobLink(record.job));
  byId("note").hidden = !record.note;
  byId("note").textContent = record.note ?? "";
  await media.draw(insight);
  fields.draw(insight);
  review.draw(insight);
  if (chosen) fields.choose(chosen, false);
}

function jobLink(job) {
  const link = element("a", t("Job"));
  link.href = at(`jobs/${job}`);
  return link;
}

const keys = {
  j: () => fields.move(1),
  k: () => fields.move(-1),
  u: () => fields.moveToUncertain(),
  Enter: () => review.accept(),
  a: () => review.acceptAll(),
  e: () => review.correct(),
  x: () => review.reject(),
  m: () => review.add(),
  n: () => insight?.older !== null && location.assign(byId("older").href),
  p: () => insight?.newer !== null && location.assign(byId("newer").href),
  "?": () => byId("keys").showModal(),
};
document.addEventListener("keydown", event => {
  if (event.ctrlKey || event.metaKey || event.altKey || isTyping(event.target) || !keys[event.key]) return;
  if (event.key === "Enter" && event.target.closest("button, a")) return;
  event.preventDefault();
  keys[event.key]();
});
byId("help").addEventListener("click", () => byId("keys").showModal());
byId("keys-close").addEventListener("click", () => byId("keys").close());
await load(new URLSearchParams(location.search).get("field"));
byId("fields").dataset.ready = "true";
