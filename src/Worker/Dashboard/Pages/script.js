import {
  act, ask, button, byId, element, fill, isKnown, labelled, link, percent, renew, row, segmentName, shape, sourceLink, t, time, words,
} from "./common.js";
import { hour } from "./hour.js";

const tone = { completed: "good", completedWithGaps: "bad", rejected: "bad", quarantined: "bad", analysing: "busy" };

function tile(address, count, name, className) {
  const node = link(address, "");
  node.className = `tile ${count > 0 && className || ""}`;
  node.append(element("b", count.toLocaleString()), element("span", name));
  return node;
}

function jobs(counts) {
  renew(byId("jobs"), Object.entries(counts).map(([name, count]) => tile(`jobs?state=${name}`, count, words(name), tone[name])));
}

/** What failed, by its reason, each with a way to try all of it again. */
function reasons(counts, refused) {
  const nodes = Object.entries(counts).map(([reason, count]) => {
    const group = element("div", null, "reason");
    const isQuarantine = reason === "quarantined", address = isQuarantine ? "messages" : `jobs?reason=${reason}`;
    group.append(tile(address, count, words(reason)));
    if (!isQuarantine) group.append(button(t("Retry all"), node => retryAll(reason, count, node),
      t("Retry all: {reason}", { reason: words(reason) })));
    return group;
  });
  if (refused > 0) nodes.push(tile("messages", refused, t("refused messages"), "bad"));
  renew(byId("reasons"), nodes);
}

async function retryAll(reason, count, node) {
  if (!confirm(t("Try {n} again that failed: {reason}?", { n: count.toLocaleString(), reason: words(reason) }))) return;
  node.disabled = true;
  try {
    const { retried } = await act(`jobs/retry?reason=${reason}`);
    byId("retried").textContent = t("{n} are tried again.", { n: retried.toLocaleString() });
  } catch (refused) {
    byId("retried").textContent = refused.message;
  }
  await refresh();
}

function rate(perMinute) {
  const most = Math.max(1, ...perMinute), width = 600 / Math.max(1, perMinute.length);
  byId("rate").replaceChildren(...perMinute.map((count, i) => {
    const height = 130 * count / most;
    return shape("rect", { x: i * width + 1, y: 140 - height, width: Math.max(1, width - 2), height });
  }));
  const sum = perMinute.reduce((a, b) => a + b, 0);
  byId("rate-text").textContent = t("{sum} in the last hour, the latest minute at the right; at most {most} in one minute.",
    { sum: sum.toLocaleString(), most: Math.max(0, ...perMinute).toLocaleString() });
}

const span = seconds => seconds < 100 ? t("{n} s", { n: Math.round(seconds) })
  : seconds < 6000 ? t("{n} min", { n: Math.round(seconds / 60) }) : t("{n} h", { n: Math.round(seconds / 3600) });

function stages(list) {
  renew(byId("stages").tBodies[0], labelled(byId("stages"), list.map(stage => {
    const word = element("span", words(stage.word), `word ${stage.word}`);
    const inFlight = stage.places ? t("{n} of {places}", { n: stage.running, places: stage.places }) : String(stage.running);
    return row([words(stage.name), word, stage.perMinute.toLocaleString(undefined, { maximumFractionDigits: stage.perMinute < 10 ? 1 : 0 }),
      stage.queue?.toLocaleString() ?? "–", inFlight, stage.oldestSeconds ? span(stage.oldestSeconds) : "–"]);
  })));
}

function engine(now) {
  const rate = n => n.toLocaleString(undefined, { maximumFractionDigits: 0 });
  const tokens = t("{in} in, {out} out", { in: rate(now.inputTokensPerSecond), out: rate(now.outputTokensPerSecond) });
  const figures = {
    "Requests answered now": t("{n} of {places}", { n: now.running, places: now.slots }),
    "Requests waiting": now.pending?.toLocaleString(),
    "Batch fill": isKnown(now.batchFill) ? percent(now.batchFill) : null,
    "Tokens a second": now.tokensAreOfTheLedger ? t("{tokens} (all workers, over 5 minutes)", { tokens }) : tokens,
  };
  renew(byId("engine"), Object.entries(figures).filter(([, value]) => isKnown(value))
    .flatMap(([name, value]) => [element("dt", t(name)), element("dd", value)]));
}

function waiting(list) {
  byId("waiting").hidden = list.length === 0;
  renew(byId("waiting"), list.map(({ what, why, jobId, source }) => {
    const node = element("li", what === "work" ? t("Work is put off: {why}", { why })
      : t("Waiting for {what}: {why}", { what: t(what), why: why ?? "" }));
    if (jobId) node.append(" ", link(`jobs/${encodeURIComponent(jobId)}`, source));
    return node;
  }));
}

function approvals(list) {
  byId("approvals").hidden = list.length === 0;
  renew(byId("approvals"), list.map(({ jobId, source, step, tool, isInDoubt }) => {
    const asked = isInDoubt
      ? "A person must say whether {tool} (step {step}) has happened: "
      : "A person must approve {tool} (step {step}): ";
    const node = element("li", t(asked, { tool, step }));
    node.append(link(`jobs/${encodeURIComponent(jobId)}`, source));
    return node;
  }));
}

function corpora(list) {
  fill("corpora", "no-corpora", list.map(corpus => {
    const bar = element("progress");
    bar.max = Math.max(1, corpus.jobs);
    bar.value = corpus.ended;
    bar.setAttribute("aria-label", t("Progress"));
    const far = t("{done} of {planned}", { done: corpus.ended.toLocaleString(), planned: corpus.jobs.toLocaleString() });
    return row([link(`jobs?corpus=${encodeURIComponent(corpus.name)}`, corpus.name), corpus.schedule || t("when asked"),
      corpus.nextRun ? time(corpus.nextRun) : "–", corpus.lastRun ?? "–", corpus.state ? words(corpus.state) : "–",
      corpus.lastRun ? [bar, " ", far] : "–",
      corpus.forecast ? time(corpus.forecast) : "–"]);
  }));
}

async function retry(id, node) {
  node.disabled = true;
  try {
    await act(`jobs/${encodeURIComponent(id)}/retry`);
    byId("retried").textContent = "";
  } catch (refused) {
    byId("retried").textContent = refused.message;
  }
  await refresh();
}

function failures(list, all) {
  fill("failures", "no-failures", list.map(failure => row([
    sourceLink(`jobs/${encodeURIComponent(failure.jobId)}`, failure.source), segmentName(failure.segment), words(failure.reason),
    failure.detail,
    button(t("Retry"), node => retry(failure.jobId, node), t("Retry {source}", { source: failure.source }))])));
  byId("all-failures").hidden = all <= list.length;
}

function runs(list) {
  fill("runs", "no-runs", list.map(run => row([
    link(`jobs?corpus=${encodeURIComponent(run.corpus)}`, run.corpus), run.date, words(run.state), run.found, run.enqueued, run.unchanged,
    run.completed, run.notCompleted])));
}

function ledger(problem) {
  byId("ledger").hidden = !problem;
  byId("ledger").textContent = problem ?? "";
}

async function refresh() {
  try {
    const summary = await ask("dashboard/summary");
    ledger(summary.ledgerAway);
    jobs(summary.jobs);
    rate(summary.segmentsPerMinute);
    waiting(summary.waiting);
    approvals(summary.approvals);
    stages(summary.stages);
    engine(summary.engine);
    hour(summary.engine.hour);
    reasons(summary.failuresByReason, summary.messagesRefused);
    failures(summary.failures, Object.values(summary.failuresByReason).reduce((sum, count) => sum + count, 0));
    corpora(summary.corpora);
    runs(summary.runs);
    byId("fresh").textContent = t("updated {time}", { time: new Date().toLocaleTimeString() });
  } catch (error) {
    if (error.status === 503) ledger(error.message);
    byId("fresh").textContent = t("not updated: {why}", { why: error.message });
  }
}

refresh();
setInterval(refresh, 5000);
