import { act, ask, byId, element, labelled, query, restore, row, say, sourceLink, t, time, words } from "./common.js";

const states = ["accepted", "analysing", "completed", "completedWithGaps", "rejected", "quarantined", "cancelled"];
const several = { "accepted,analysing": "not ended", "completedWithGaps,rejected,quarantined": "not completed" };
const tone = { completed: "good", completedWithGaps: "bad", rejected: "bad", quarantined: "bad", analysing: "busy" };
const AT_ONCE = 6;
const PART = 1000;
const MOST_CHOSEN = 100_000;

const form = byId("filter"), table = byId("jobs"), rows = table.tBodies[0];
const chosen = new Set();
let next = null, latest = 0, isWorking = false;

function options(name, values, text = words) {
  form.elements[name].append(...values.map(value => {
    const option = element("option", text(value));
    option.value = value;
    return option;
  }));
}

function choose() {
  byId("retry").disabled = byId("cancel").disabled = isWorking || chosen.size === 0;
  byId("chosen").textContent = chosen.size ? t("{n} chosen", { n: chosen.size.toLocaleString() }) : "";
  const boxes = [...rows.querySelectorAll("input")], on = boxes.filter(node => node.checked).length;
  byId("all").checked = on > 0 && on === boxes.length;
  byId("all").indeterminate = on > 0 && on < boxes.length;
  byId("every").hidden = isWorking || !byId("all").checked || next === null;
}

function box(job) {
  const node = element("input");
  node.type = "checkbox";
  node.value = job.jobId;
  node.setAttribute("aria-label", t("Choose {source}", { source: job.source }));
  node.addEventListener("change", () => {
    if (node.checked) chosen.add(job.jobId);
    else chosen.delete(job.jobId);
    choose();
  });
  return node;
}

function line(job) {
  const { done, planned } = job.segments;
  return row([box(job), sourceLink(`jobs/${job.jobId}`, job.source), job.task?.name ?? job.requestedTask,
    element("span", words(job.state), `state ${tone[job.state] ?? ""}`),
    planned ? t("{done} of {planned}", { done, planned }) : "", [job.reason && words(job.reason), job.detail].filter(Boolean).join(": "),
    time(job.createdAt)]);
}

function filter(more) {
  const parts = query(form, more);
  for (const name of ["since", "until"]) if (parts.has(name)) parts.set(name, new Date(parts.get(name)).toISOString());
  return parts;
}

async function load(from) {
  const turn = ++latest;
  try {
    const page = await ask(`jobs?${filter({ count: 100, next: from })}`);
    if (turn !== latest) return;
    say();
    if (!from) {
      rows.replaceChildren();
      chosen.clear();
    }
    rows.append(...labelled(table, page.jobs.map(line)));
    next = page.next;
    choose();
    byId("more").hidden = next === null;
    byId("none").hidden = rows.childElementCount > 0;
  } catch (error) {
    say(error.message);
  }
}

/** Chooses whatever matches the filter, beside what is shown of it. */
async function chooseEvery() {
  const turn = latest;
  byId("every").disabled = true;
  try {
    for (let from = next; from !== null && chosen.size < MOST_CHOSEN && turn === latest;) {
      const page = await ask(`jobs?${filter({ count: PART, next: from })}`);
      if (turn !== latest) break;
      for (const job of page.jobs) chosen.add(job.jobId);
      from = page.next;
      byId("chosen").textContent = t("{n} chosen", { n: chosen.size.toLocaleString() });
    }
  } catch (error) {
    say(error.message);
  }
  byId("every").disabled = false;
}

/** Does something to each of the chosen, and says how far it is and what was refused. */
async function each(question, work) {
  const ids = [...chosen], problems = new Map();
  if (ids.length > 1 && !confirm(t(question, { n: ids.length.toLocaleString() }))) return;
  let at = 0, done = 0;
  isWorking = true;
  choose();
  await Promise.all(Array.from({ length: AT_ONCE }, async () => {
    while (at < ids.length) {
      await work(ids[at++]).catch(({ message }) => problems.set(message, (problems.get(message) ?? 0) + 1));
      byId("chosen").textContent = t("{done} of {planned}", { done: (++done).toLocaleString(), planned: ids.length.toLocaleString() });
    }
  }));
  isWorking = false;
  await load(null);
  if (problems.size) say([...problems].slice(0, 5).map(([message, count]) => `${count.toLocaleString()} × ${message}`).join(" "));
  else byId("chosen").textContent = t("Done: {n}.", { n: ids.length.toLocaleString() });
}

options("state", Object.keys(several), value => t(several[value]));
options("state", states);
try {
  options("reason", await ask("jobs/reasons"));
} catch (error) {
  say(error.message);
}
restore(form);
form.addEventListener("submit", event => {
  event.preventDefault();
  history.replaceState(null, "", `?${query(form)}`);
  load(null);
});
byId("all").addEventListener("change", ({ target: { checked } }) => {
  for (const node of rows.querySelectorAll("input")) {
    node.checked = checked;
    if (checked) chosen.add(node.value);
  }
  if (!checked) chosen.clear();
  choose();
});
byId("every").addEventListener("click", chooseEvery);
byId("more").addEventListener("click", () => load(next));
byId("retry").addEventListener("click", () => each("Retry or release {n} jobs?", id => act(`jobs/${id}/retry`)));
byId("cancel").addEventListener("click", () => each("Cancel {n} jobs?", id => act(`jobs/${id}`, "DELETE")));
await load(null);
