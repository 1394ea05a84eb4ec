import { act, ask, byId, element, link, row, shape, t, words } from "./common.js";

const tone = { Completed: "good", CompletedWithGaps: "bad", Rejected: "bad", Quarantined: "bad", Analysing: "busy" };

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
    byId("engine").replaceChildren(
      ...Object.entries(summary.engine).flatMap(([name, value]) => [element("dt", words(name)), element("dd", value)]));
    tiles(byId("reasons"), summary.failuresByReason, {},
      name => name === "Quarantined" ? "jobs?state=Quarantined" : `jobs?reason=${name}`);
    failures(summary.failures);
    runs(summary.runs);
    byId("fresh").textContent = t("updated {time}", { time: new Date().toLocaleTimeString() });
  } catch (error) {
    if (error.status === 503) ledger(error.message);
    byId("fresh").textContent = t("not updated: {why}", { why: error.message });
  }
}

refresh();
setInterval(refresh, 5000);
