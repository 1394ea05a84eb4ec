import { ask, byId, element, link, query, restore, say, t, time, words } from "./common.js";

const form = byId("filter"), list = byId("insights");
let next = null, latest = 0;

/** Where a hit stands. */
function place(insight) {
  const cited = insight.hit?.place ?? insight.segment;
  if (cited.page) return t("page {n}", { n: cited.page });
  if (cited.address) return cited.address;
  if (cited.lines?.length) return t("line {n}", { n: cited.lines[0].line });
  const seconds = cited.frameSeconds ?? cited.startSeconds;
  return seconds === null || seconds === undefined ? words(insight.segment.kind) : `${seconds.toFixed(1)} s`;
}

function item(insight) {
  const node = element("li");
  const parts = query(form);
  if (insight.hit) parts.set("field", insight.hit.field);
  const at = Math.max(insight.source.lastIndexOf("/"), insight.source.lastIndexOf("\\")) + 1;
  node.append(link(`insights/${insight.id}${parts.size ? `?${parts}` : ""}`, insight.source.slice(at) || insight.source));
  node.append(" ", element("span", place(insight), "tag"));
  node.append(" ", element("span", insight.task.name, "tag"));
  if (insight.lowestConfidence !== null && insight.lowestConfidence !== undefined)
    node.append(" ", element("span", t("lowest {p}", { p: insight.lowestConfidence.toFixed(3) }), "tag"));
  if (insight.revision) node.append(" ", element("span", t("reviewed"), "tag good"));
  const text = element("p", null, "snippet");
  if (insight.hit) text.append(element("code", insight.hit.field), " ", insight.hit.text);
  else text.append(insight.snippet);
  node.append(text, element("span", `${time(insight.storedAt)}${at ? ` · ${insight.source.slice(0, at)}` : ""}`, "quiet"));
  return node;
}

async function load(from) {
  const turn = ++latest;
  try {
    const page = await ask(`insights?${query(form, { count: 50, next: from })}`);
    // Of two searches, the answer to the first may come last.
    if (turn !== latest) return;
    say();
    if (!from) list.replaceChildren();
    list.append(...page.insights.map(item));
    next = page.next;
    byId("more").hidden = next === null;
    byId("none").hidden = list.childElementCount > 0 || next !== null;
    byId("none-calibrated").hidden = byId("none").hidden || !form.elements.below.value;
  } catch (error) {
    say(error.message);
  }
}

restore(form);
form.addEventListener("submit", event => {
  event.preventDefault();
  history.replaceState(null, "", `?${query(form)}`);
  load(null);
});
byId("more").addEventListener("click", () => load(next));
await load(null);
