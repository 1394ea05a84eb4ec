import { ask, at, byId, element, say, segmentName, t, time } from "./common.js";
import { Fields } from "./fields.js";
import { Media } from "./media.js";
import { Review } from "./review.js";

const id = location.pathname.replace(/\/$/, "").split("/").pop();
const isTyping = target => target.closest("input, textarea, select, dialog");

// The list that this page was reached from; its next insight is the next here.
const list = new URLSearchParams(location.search), wanted = list.get("field");
list.delete("field");

const media = new Media({ light: pointer => fields.light(pointer), choose: pointer => fields.choose(pointer) });
const fields = new Fields({ light: pointer => media.light(pointer), show: pointer => media.show(pointer) });
const review = new Review({ id, fields, media, load });
let insight = null;

function neighbour(name, number) {
  byId(name).hidden = number === null;
  if (number !== null) byId(name).href = at(`insights/${number}${list.size ? `?${list}` : ""}`);
}

/** The next insight of the list; a long search comes in parts, which may be empty. */
async function olderOfList() {
  for (let from = id; from !== null;) {
    const page = await ask(`insights?${list}&count=1&next=${from}`);
    if (page.insights.length) return page.insights[0].id;
    from = page.next;
  }
  return null;
}

function heading(record) {
  const cut = Math.max(record.source.lastIndexOf("/"), record.source.lastIndexOf("\\")) + 1;
  byId("source").replaceChildren(record.source.slice(cut) || record.source);
  if (cut && cut < record.source.length) byId("source").append(element("span", record.source.slice(0, cut), "folder"));
  byId("facts").replaceChildren(element("strong", segmentName(record.segment)),
    ` · ${record.task.name} · ${record.model} · ${time(insight.storedAt)} · `, jobLink(record.job));
}

/** Reads the insight anew, and keeps the field that is looked at. */
async function load(wanted = null) {
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
  heading(record);
  if (list.size === 0) {
    neighbour("older", insight.older);
    neighbour("newer", insight.newer);
  }
  byId("note").hidden = !record.note;
  byId("note").textContent = record.note ?? "";
  await media.draw(insight);
  fields.draw(insight);
  review.draw(insight);
  const chosen = wanted ?? fields.chosen;
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
  n: () => byId("older").hidden || location.assign(byId("older").href),
  p: () => byId("newer").hidden || location.assign(byId("newer").href),
  "+": () => media.zoom(1),
  "-": () => media.zoom(-1),
  "?": () => byId("keys").showModal(),
};
const ofTree = { ArrowDown: keys.j, ArrowUp: keys.k };
document.addEventListener("keydown", event => {
  if (event.ctrlKey || event.metaKey || event.altKey || event.isComposing || isTyping(event.target)) return;
  const work = keys[event.key] ?? (event.target.closest("#fields") && ofTree[event.key]);
  if (!work || event.key === "Enter" && event.target.closest("button, a")) return;
  event.preventDefault();
  work();
});
byId("help").addEventListener("click", () => byId("keys").showModal());
byId("keys-close").addEventListener("click", () => byId("keys").close());
await load(wanted);
byId("fields").dataset.ready = "true";
if (list.size) {
  byId("list").href = at(`insights?${list}`);
  byId("list").hidden = false;
  neighbour("older", await olderOfList().catch(() => insight?.older ?? null));
}
