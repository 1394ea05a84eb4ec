import { act, ask, byId, element, link, percent, row, shape, t, time, words } from "./common.js";
import { hour } from "./hour.js";

const tone = { completed: "good", completedWithGaps: "bad", rejected: "bad", quarantined: "bad", analysing: "busy" };

function tiles(target, counts, tones, address) {
  target.replaceChildren(...Object.entries(counts).map(([name, count]) => {
    const tile = link(address(name), "");
    tile.className = "tile " + (count > 0 && tones[name] || "");
    tile.append(element("b", count.toLocaleString()), element("span", words(name)));
    return tile;
  }));
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
  byId("stages").tBodies[0].replaceChildren(...list.map(stage => {
    const word = element("span", words(stage.word), `word ${stage.word}`);
    const inFlight = stage.places ? t("{n} of {places}", { n: stage.running, places: stage.places }) : String(stage.running);
    return row([words(stage.name), word, stage.perMinute.toLocaleString(undefined, { maximumFractionDigits: stage.perMinute < 10 ? 1 : 0 }),
      stage.queue?.toLocaleString() ?? "–", inFlight, stage.oldestSeconds ? span(stage.oldestSeconds) : "–"]);
  }));
}

function engine(now) {
  const rate = n => n.toLocaleString(undefined, { maximumFractionDigits: 0 });
  const tokens = t("{in} in, {out} out", { in: rate(now.inputTokensPerSecond), out: rate(now.outputTokensPerSecond) });
  const figures = {
    "Requests answered now": t("{n} of {places}", { n: now.running, places: now.slots }),
    "Requests waiting": now.pending?.toLocaleString(),
    "Batch fill": now.batchFill === null || now.batchFill === undefined ? null : percent(now.batchFill),
    "Tokens a second": now.tokensAreOfTheLedger ? t("{tokens} (all workers, over 5 minutes)", { tokens }) : tokens,
  };
  byId("engine").replaceChildren(...Object.entries(figures).filter(([, value]) => value !== null && value !== undefined)
    .flatMap(([name, value]) => [element("dt", t(name)), element("dd", value)]));
}

function waiting(list) {
  byId("waiting").hidden = list.length === 0;
  byId("waiting").replaceChildren(...list.map(({ what, why }) =>
    element("li", t("Waiting for {what}: {why}", { what: t(what), why: why ?? "" }))));
}

function corpora(list) {
  byId("no-corpora").hidden = list.length > 0;
  byId("corpora").hidden = list.length === 0;
  byId("corpora").tBodies[0].replaceChildren(...list.map(corpus => {
    const bar = element("progress");
    bar.max = Math.max(1, corpus.jobs);
    bar.value = corpus.ended;
    bar.setAttribute("aria-label", t("Progress"));
    const done = corpus.lastRun ? [bar, " ", t("{done} of {planned}", { done: corpus.ended.toLocaleString(), planned: corpus.jobs.toLocaleString() })] : "";
    return row([link(`jobs?corpus=${encodeURIComponent(corpus.name)}`, corpus.name), corpus.schedule || t("when asked"),
      corpus.nextRun ? time(corpus.nextRun) : "–", corpus.lastRun ?? "–", corpus.state ? words(corpus.state) : "–", done,
      corpus.forecast ? time(corpus.forecast) : "–"]);
  }));
}

async function retry(id, button) {
  button.disabled = true;
  try {
    await act(`jobs/${encodeURIComponent(id)}/retry`);
  } catch (refused) {
    button.textContent = t("refused");
    button.title = refused.message;
  }
  await refresh();
}

function failures(list) {
  byId("no-failures").hidden = list.length > 0;
  byId("failures").hidden = list.length === 0;
  byId("failures").tBodies[0].replaceChildren(...list.map(f => {
    const button = element("button", t("Retry"));
    button.addEventListener("click", () => retry(f.jobId, button));
    return row([link(`jobs/${encodeURIComponent(f.jobId)}`, f.source), f.segment, words(f.reason), f.detail, button]);
  }));
}

function runs(list) {
  byId("no-runs").hidden = list.length > 0;
  byId("runs").hidden = list.length === 0;
  byId("runs").tBodies[0].replaceChildren(...list.map(r => row([
    link(`jobs?corpus=${encodeURIComponent(r.corpus)}`, r.corpus), r.date, words(r.state), r.found, r.enqueued, r.unchanged, r.completed,
    r.notCompleted])));
}

function ledger(problem) {
  byId("ledger").hidden = !problem;
  byId("ledger").textContent = problem ?? "";
}

async function refresh() {
  try {
    const summary = await ask("dashboard/summary");
    ledger(summary.ledgerAway);
    tiles(byId("jobs"), summary.jobs, tone, name => `jobs?state=${name}`);
    rate(summary.segmentsPerMinute);
    waiting(summary.waiting);
    stages(summary.stages);
    engine(summary.engine);
    hour(summary.engine.hour);
    tiles(byId("reasons"), summary.failuresByReason, {},
      name => name === "quarantined" ? "jobs?state=quarantined" : `jobs?reason=${name}`);
    failures(summary.failures);
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
