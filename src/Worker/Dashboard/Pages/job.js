import { act, ask, at, byId, element, isKnown, labelled, link, renew, row, say, segmentName, t, time, words } from "./common.js";
import { drawEvents } from "./events.js";
import { drawSteps } from "./steps.js";

const id = location.pathname.replace(/\/$/, "").split("/").pop();
const ended = state => !["accepted", "analysing"].includes(state);
const tone = { completedWithGaps: "bad", rejected: "bad", quarantined: "bad", failed: "bad", completed: "good", done: "good" };
const stateOf = state => element("span", words(state), `state ${tone[state] ?? ""}`);
let timer = 0;

async function insights() {
  const found = new Map();
  for (let next = null, more = true; more; more = next !== null) {
    const page = await ask(`insights?job=${id}&count=200${next === null ? "" : `&next=${next}`}`);
    for (const insight of page.insights) found.set(insight.segment.number, insight);
    next = page.next;
  }
  return found;
}

function facts(job) {
  const usage = job.usage, parts = {
    "State": stateOf(job.state), "Reason": job.reason && words(job.reason), "Note": job.detail,
    "Task": job.task ? `${job.task.name} (${job.task.version})` : job.requestedTask,
    "Media": job.mediaKind && words(job.mediaKind), "Job id": element("code", id), "Correlation id": job.correlationId,
    "Priority": job.priority || null,
    "Tokens": t("{in} in, {out} out", { in: usage.inputTokens.toLocaleString(), out: usage.outputTokens.toLocaleString() }),
    "Lowest probability": job.lowestConfidence?.toFixed(3),
    "Submitted": time(job.createdAt), "Planned": time(job.plannedAt), "Ended": time(job.finishedAt),
  };
  renew(byId("facts"), Object.entries(parts).filter(([, value]) => isKnown(value) && value !== "").flatMap(([key, value]) => {
    const said = element("dd");
    said.append(value);
    return [element("dt", t(key)), said];
  }));
}

function line(segment, insight) {
  const why = [segment.reason && words(segment.reason), segment.detail, insight?.note].filter(Boolean).join(": ");
  const crashes = segment.crashes ? ` (${t("{n} crashes", { n: segment.crashes })})` : "";
  const tokens = insight ? `${insight.usage.inputTokens} + ${insight.usage.outputTokens}` : "";
  return row([segment.segment.number, segmentName(segment.segment), stateOf(segment.state), segment.attempts + crashes, why, tokens,
    time(segment.finishedAt), insight ? link(`insights/${insight.id}`, insight.snippet || t("Insight")) : ""]);
}

async function load() {
  clearTimeout(timer);
  try {
    const { job, segments } = await ask(`jobs/${id}`);
    document.title = `${job.source} · Qwen35Batch`;
    byId("source").textContent = job.source;
    byId("records").href = at(`jobs/${id}/insights`);
    const found = segments.length ? await insights() : new Map();
    facts(job);
    const rows = segments.map(segment => line(segment, found.get(segment.segment.number)));
    renew(byId("segments").tBodies[0], labelled(byId("segments"), rows));
    byId("segments").hidden = segments.length === 0;
    byId("none").hidden = segments.length > 0;
    await drawSteps(id, load);
    drawEvents(byId("events"), await ask(`jobs/${id}/events`), segments.map(({ segment }) => [segment.number, segmentName(segment)]));
    byId("cancel").disabled = ended(job.state);
    byId("retry").disabled = !ended(job.state) || job.state === "completed";
    if (!ended(job.state)) timer = setTimeout(load, 3000);
  } catch (error) {
    say(error.message);
    if (error.status === 404) for (const part of document.querySelectorAll("main > :not(#problem)")) part.hidden = true;
    else timer = setTimeout(load, 3000);
  }
}

async function change(path, method) {
  say();
  const problem = await act(path, method).then(() => null, error => error.message);
  await load();
  if (problem) say(problem);
}

byId("retry").addEventListener("click", () => change(`jobs/${id}/retry`, "POST"));
byId("cancel").addEventListener("click", () => change(`jobs/${id}`, "DELETE"));
await load();
