import { act, ask, byId, element, link, row, say, t, time, words } from "./common.js";

const segmentName = segment => segment === null || segment === undefined ? t("all") : segment.page ? t("page {n}", { n: segment.page })
  : segment.startSeconds !== null && segment.startSeconds !== undefined
    ? `${segment.startSeconds.toFixed(1)}–${segment.endSeconds.toFixed(1)} s` : words(segment.kind);

/** Fills a table, or says that there is nothing. */
function fill(table, none, rows) {
  byId(table).tBodies[0].replaceChildren(...rows);
  byId(table).hidden = rows.length === 0;
  byId(none).hidden = rows.length > 0;
}

function button(text, work) {
  const node = element("button", text);
  node.type = "button";
  node.addEventListener("click", async () => {
    node.disabled = true;
    say();
    await work().catch(error => say(error.message));
    await load();
  });
  return node;
}

async function quarantine() {
  const list = await ask("quarantine?count=200");
  fill("quarantine", "no-quarantine", list.map(held => row([link(`jobs/${held.jobId}`, held.source), segmentName(held.segment),
    time(held.failedAt), held.detail, button(t("Release"), () => act(`jobs/${held.jobId}/retry`))])));
}

async function failed() {
  try {
    const list = await ask("messages/failed?count=200");
    fill("failed", "no-failed", list.map(message => row([time(message.sentAt), message.queue, message.reason, message.body,
      button(t("Send again"), () => act(`messages/redrive?id=${encodeURIComponent(message.id)}`))])));
  } catch (error) {
    byId("failed").hidden = true;
    byId("no-broker").hidden = false;
    byId("no-broker").textContent = error.message;
  }
}

async function refused() {
  const list = await ask("messages/refused?count=200");
  fill("messages", "none", list.map(message => row([time(message.receivedAt), message.reason, message.body])));
}

async function schedules() {
  const { corpora } = await ask("dashboard/summary");
  fill("schedules", "no-schedules", corpora.map(corpus => row([link(`jobs?corpus=${encodeURIComponent(corpus.name)}`, corpus.name),
    corpus.schedule || t("when asked"), corpus.nextRun ? time(corpus.nextRun) : "–", corpus.lastRun ?? "–",
    corpus.state ? words(corpus.state) : "–"])));
}

/** One that fails hides no other. */
async function load() {
  await Promise.all([quarantine, failed, refused, schedules].map(part => part().catch(error => say(error.message))));
}

await load();
document.body.dataset.ready = "true";
