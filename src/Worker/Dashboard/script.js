"use strict";
// Everything shown comes from media and from a model: it is set as text, never as markup.
const byId = id => document.getElementById(id);
const tone = { Completed: "good", CompletedWithGaps: "bad", Rejected: "bad", Quarantined: "bad", Analysing: "busy" };
const words = name => name.replace(/([a-z])([A-Z])/g, "$1 $2").toLowerCase();

function element(name, text, className) {
  const node = document.createElement(name);
  if (text !== undefined && text !== null) node.textContent = text;
  if (className) node.className = className;
  return node;
}

function tiles(target, counts, tones) {
  target.replaceChildren(...Object.entries(counts).map(([name, count]) => {
    const tile = element("div", null, "tile " + (count > 0 && tones[name] || ""));
    tile.append(element("b", count.toLocaleString()), element("span", words(name)));
    return tile;
  }));
}

function row(cells) {
  const line = element("tr");
  for (const cell of cells) {
    const column = element("td");
    column.append(cell instanceof Node ? cell : document.createTextNode(cell ?? ""));
    line.append(column);
  }
  return line;
}

function rate(perMinute) {
  const most = Math.max(1, ...perMinute), width = 600 / Math.max(1, perMinute.length);
  byId("rate").replaceChildren(...perMinute.map((count, i) => {
    const bar = document.createElementNS("http://www.w3.org/2000/svg", "rect");
    const height = 130 * count / most;
    for (const [key, value] of Object.entries({ x: i * width + 1, y: 140 - height, width: Math.max(1, width - 2), height }))
      bar.setAttribute(key, value);
    return bar;
  }));
  const sum = perMinute.reduce((a, b) => a + b, 0);
  byId("rate-text").textContent = `${sum.toLocaleString()} in the last hour, the latest minute at the right; at most ${Math.max(0, ...perMinute).toLocaleString()} in one minute.`;
}

async function act(path, button) {
  button.disabled = true;
  const answer = await fetch(path, { method: "POST", headers: { "X-Qwen35Batch": "dashboard" } });
  if (!answer.ok) button.textContent = "refused";
  await refresh();
}

function failures(list) {
  byId("no-failures").hidden = list.length > 0;
  byId("failures").hidden = list.length === 0;
  byId("failures").tBodies[0].replaceChildren(...list.map(f => {
    const retry = element("button", "Retry");
    retry.addEventListener("click", () => act(`jobs/${encodeURIComponent(f.jobId)}/retry`, retry));
    return row([f.source, f.segment, words(f.reason), f.detail, retry]);
  }));
}

function runs(list) {
  byId("no-runs").hidden = list.length > 0;
  byId("runs").hidden = list.length === 0;
  byId("runs").tBodies[0].replaceChildren(...list.map(r =>
    row([r.corpus, r.date, words(r.state), r.found, r.enqueued, r.unchanged, r.completed, r.notCompleted])));
}

function ledger(problem) {
  byId("ledger").hidden = !problem;
  byId("ledger").textContent = problem ?? "";
}

async function refresh() {
  try {
    const answer = await fetch("dashboard/summary");
    if (answer.status === 503) ledger((await answer.json()).detail);
    if (!answer.ok) throw new Error(`HTTP ${answer.status}`);
    const summary = await answer.json();
    ledger(summary.ledgerAway);
    tiles(byId("jobs"), summary.jobs, tone);
    rate(summary.segmentsPerMinute);
    byId("engine").replaceChildren(...Object.entries(summary.engine).flatMap(([name, value]) => [element("dt", words(name)), element("dd", value)]));
    tiles(byId("reasons"), summary.failuresByReason, {});
    failures(summary.failures);
    runs(summary.runs);
    byId("fresh").textContent = "updated " + new Date().toLocaleTimeString();
  } catch (error) {
    byId("fresh").textContent = "not updated: " + error.message;
  }
}

refresh();
setInterval(refresh, 5000);
