import { act, ask, byId, element, link, query, restore, row, say, t, time, words } from "./common.js";

const states = ["accepted", "analysing", "completed", "completedWithGaps", "rejected", "quarantined", "cancelled"];
const reasons = await ask("jobs/reasons");
const form = byId("filter"), rows = byId("jobs").tBodies[0];
const chosen = new Set();
let next = null, latest = 0;

function options(name, values) {
  form.elements[name].append(...values.map(value => {
    const option = element("option", words(value));
    option.value = value;
    return option;
  }));
}

function choose() {
  byId("retry").disabled = byId("cancel").disabled = chosen.size === 0;
  byId("chosen").textContent = chosen.size ? t("{n} chosen", { n: chosen.size }) : "";
}

function box(job) {
  const node = element("input");
  node.type = "checkbox";
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
  return row([box(job), link(`jobs/${job.jobId}`, job.source), job.task?.name ?? job.requestedTask, words(job.state),
    planned ? t("{done} of {planned}", { done, planned }) : "", [job.reason && words(job.reason), job.detail].filter(Boolean).join(": "),
    time(job.createdAt)]);
}

async function load(from) {
  const parts = query(form, { count: 100, next: from });
  for (const name of ["since", "until"]) if (parts.has(name)) parts.set(name, new Date(parts.get(name)).toISOString());
  const turn = ++latest;
  try {
    const page = await ask(`jobs?${parts}`);
    if (turn !== latest) return;
    say();
    if (!from) {
      rows.replaceChildren();
      chosen.clear();
      choose();
    }
    rows.append(...page.jobs.map(line));
    next = page.next;
    byId("more").hidden = next === null;
    byId("none").hidden = rows.childElementCount > 0;
  } catch (error) {
    say(error.message);
  }
}

async function each(work) {
  const problems = [];
  for (const id of chosen) await work(id).catch(error => problems.push(error.message));
  await load(null);
  if (problems.length) say(problems.slice(0, 5).join(" "));
}

options("state", states);
options("reason", reasons);
restore(form);
form.addEventListener("submit", event => {
  event.preventDefault();
  history.replaceState(null, "", `?${query(form)}`);
  load(null);
});
byId("all").addEventListener("change", event => {
  for (const node of rows.querySelectorAll("input")) if (node.checked !== event.target.checked) node.click();
});
byId("more").addEventListener("click", () => load(next));
byId("retry").addEventListener("click", () => each(id => act(`jobs/${id}/retry`)));
byId("cancel").addEventListener("click", () => each(id => act(`jobs/${id}`, "DELETE")));
await load(null);
