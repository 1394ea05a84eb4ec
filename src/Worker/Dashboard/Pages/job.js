import { act, ask, at, byId, element, link, row, say, t, time, words } from "./common.js";
import { drawEvents } from "./events.js";

const id = location.pathname.replace(/\/$/, "").split("/").pop();
const ended = state => !["accepted", "analysing"].includes(state);

/** What a segment is, in words. */
function name(segment) {
  if (segment.page) return t("page {n}", { n: segment.page });
  if (segment.startSeconds !== null && segment.startSeconds !== undefined)
    return `${segment.startSeconds.toFixed(1)}–${segment.endSeconds.toFixed(1)} s`;
  return words(segment.kind);
}

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
    "State": words(job.state), "Reason": job.reason && words(job.reason), "Note": job.detail,
    "Task": job.task ? `${job.task.name} (${job.task.version})` : job.requestedTask,
    "Media": job.mediaKind && words(job.mediaKind), "Correlation id": job.correlationId, "Priority": job.priority,
    "Tokens": t("{in} in, {out} out", { in: usage.inputTokens.toLocaleString(), out: usage.outputTokens.toLocaleString() }),
    "Lowest probability": job.lowestConfidence?.toFixed(3),
    "Submitted": time(job.createdAt), "Planned": time(job.plannedAt), "Ended": time(job.finishedAt),
  };
  byId("facts").replaceChildren(...Object.entries(parts).filter(([, value]) => value !== null && value !== undefined && value !== "")
    .flatMap(([key, value]) => [element("dt", t(key)), element("dd", String(value))]));
}

function line(segment, insight) {
  const why = [segment.reason && words(segment.reason), segment.detail, insight?.note].filter(Boolean).join(": ");
  const crashes = segment.crashes ? ` (${t("{n} crashes", { n: segment.crashes })})` : "";
  return row([segment.segment.number, name(segment.segment), words(segment.state), segment.attempts + crashes, why,
    insight ? `${insight.usage.inputTokens} + ${insight.usage.outputTokens}` : "", time(segment.finishedAt),
    insight ? link(`insights/${insight.id}`, insight.snippet) : ""]);
}

async function load() {
  try {
    const { job, segments } = await ask(`jobs/${id}`);
    document.title = `${job.source} · Qwen35Batch`;
    byId("source").textContent = job.source;
    byId("records").href = at(`jobs/${id}/insights`);
    const found = segments.length ? await insights() : new Map();
    facts(job);
    byId("segments").tBodies[0].replaceChildren(...segments.map(segment => line(segment, found.get(segment.segment.number))));
    byId("segments").hidden = segments.length === 0;
    byId("none").hidden = segments.length > 0;
    drawEvents(byId("events"), await ask(`jobs/${id}/events`), segments.map(({ segment }) => [segment.number, name(segment)]));
    byId("cancel").disabled = ended(job.state);
    byId("retry").disabled = !ended(job.state) || job.state === "completed";
    if (!ended(job.state)) setTimeout(load, 3000);
  } catch (error) {
    say(error.message);
    if (error.status === 404) for (const part of document.querySelectorAll("main > :not(#problem)")) part.hidden = true;
  }
}

async function change(path, method) {
  say();
  await act(path, method).catch(error => say(error.message));
  await load();
}

byId("retry").addEventListener("click", () => change(`jobs/${id}/retry`, "POST"));
byId("cancel").addEventListener("click", () => change(`jobs/${id}`, "DELETE"));
await load();
