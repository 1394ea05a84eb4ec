import { act, ask, button, byId, element, fill, link, row, say, segmentName, sourceLink, t, time, words } from "./common.js";

const MOST = 200;

/** A message as it came; a long one has a bar to scroll by, by keyboard too. */
function payload(text) {
  const node = element("pre", text, "payload");
  node.tabIndex = 0;
  node.setAttribute("role", "region");
  node.setAttribute("aria-label", t("Payload"));
  return node;
}

function command(text, work, label) {
  return button(text, async node => {
    node.disabled = true;
    say();
    await work().catch(error => say(error.message));
    await load();
  }, label);
}

/** A button for all rows of a table, where there is more than one. */
function forAll(place, text, rows, work) {
  byId(place).replaceChildren(...rows.length > 1 ? [command(text, work)] : []);
}

async function quarantine() {
  const list = await ask(`quarantine?count=${MOST}`);
  const release = job => act(`jobs/${job}/retry`);
  fill("quarantine", "no-quarantine", list.map(held => row([sourceLink(`jobs/${held.jobId}`, held.source), segmentName(held.segment),
    time(held.failedAt), held.detail, command(t("Release"), () => release(held.jobId), t("Release {source}", { source: held.source }))])));
  forAll("release-all", t("Release all {n}", { n: list.length }), list, async () => {
    for (const job of new Set(list.map(held => held.jobId))) await release(job);
  });
}

async function failed() {
  byId("failed-all").replaceChildren();
  try {
    const list = await ask(`messages/failed?count=${MOST}`);
    byId("no-broker").hidden = true;
    fill("failed", "no-failed", list.map(message => row([time(message.sentAt), message.reason, message.queue,
      payload(message.body), command(t("Send again"), () => act(`messages/redrive?id=${encodeURIComponent(message.id)}`))])));
    forAll("failed-all", t("Send all again"), list, () => act("messages/redrive?all=true"));
  } catch (error) {
    byId("failed").hidden = true;
    byId("no-broker").hidden = false;
    byId("no-broker").textContent = error.message;
  }
}

async function refused() {
  const list = await ask(`messages/refused?count=${MOST}`);
  fill("messages", "none", list.map(message => row([time(message.receivedAt), message.reason, payload(message.body)])));
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
