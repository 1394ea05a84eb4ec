// The steps of an agent's job. What a model or a page wrote is set as text, never as markup.
import { ask, button, byId, element, fill, link, renew, row, say, t, words } from "./common.js";

const SHOWN = 400;
const SHOWN_ARGUMENT = 160;
const tone = { done: "good", failed: "bad", refused: "bad", unknown: "bad", awaiting: "busy" };
const stateOf = step => step.state === "planned" ? t("not begun") : step.isInDoubt ? t("in doubt") : words(step.state);
const waits = step => step.state === "awaiting" && !step.isReplaced && (step.isInDoubt ? !step.verdict : step.approved === null);

function read(text) {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** A text; the rest of a long one on request. */
function shown(text, most = SHOWN) {
  if (text.length <= most) return element("div", text, "said");
  const more = element("details");
  more.append(element("summary", `${text.slice(0, most)}…`), element("div", text, "said"));
  return more;
}

/** What a tool is called with, one line each. */
function given(text) {
  const value = read(text);
  if (value === null || typeof value !== "object") return text ? [shown(text)] : [];
  return Object.entries(value).map(([name, part]) => {
    const line = element("div", null, "said"), said = typeof part === "string" ? part : JSON.stringify(part);
    line.append(element("span", name, "name"), said.length <= SHOWN_ARGUMENT ? said : shown(said, SHOWN_ARGUMENT));
    return line;
  });
}

function list(name, items) {
  const node = element(name);
  node.append(...items.map(item => element("li", item)));
  return node;
}

/** What came of a step: a plan, the calls to make, notes beside the quotes that carry them, or the words of a result. */
function result(step) {
  if (!step.result) return [];
  const value = read(step.result);
  if (value === null || typeof value !== "object") return [shown(step.result)];
  const { answer } = value;
  if (value.problem) return [shown(value.problem)];
  if (answer?.plan) return [list("ol", answer.plan)];
  if (answer?.notes) {
    return answer.notes.length === 0 ? [element("span", t("nothing noted"), "quiet")] : answer.notes.map(note => {
      const line = element("div", note.claim);
      line.append(element("blockquote", note.quote));
      return line;
    });
  }
  if (answer?.sections) return [element("div", answer.title, "said"), list("ul", answer.sections.map(section => section.heading))];
  if (value.calls?.length) return value.calls.map(call => element("div", `→ ${call.tool}`));
  return [shown(value.text ?? (answer ? JSON.stringify(answer) : t("enough")))];
}

async function decide(id, step, decision, reload, kind = "approval") {
  say();
  const problem = await ask(`jobs/${id}/steps/${step.number}/${kind}`, {
    method: "POST",
    headers: { "Content-Type": "application/json", "X-Qwen35Batch": "dashboard" },
    body: JSON.stringify({ decision, arguments_sha: step.argumentsSha256 }),
  }).then(() => null, error => error.message);
  await reload();
  if (problem) say(problem);
}

/** What a person is asked for, before all else. */
function question(id, step, reload) {
  const node = element("div", null, "alarm");
  const title = element("p");
  const asked = step.isInDoubt ? "Has step {n}, {tool}, happened? The worker was stopped meanwhile." : "May step {n} call {tool}?";
  title.append(element("strong", t(asked, { n: step.number, tool: step.tool })));
  const answers = element("div", null, "bar");
  const answer = (label, decision, kind) => button(t(label), () => decide(id, step, decision, reload, kind));
  answers.append(...step.isInDoubt
    ? [answer("It has happened", "happened", "settlement"), answer("It has not: do it", "again", "settlement"),
      answer("Go on without it", "skip", "settlement")]
    : [answer("Approve", "approve"), answer("Refuse", "refuse")]);
  node.dataset.arguments = step.argumentsSha256;
  node.append(title, ...given(step.arguments), answers);
  return node;
}

function line(step) {
  const seconds = step.startedAt && step.endedAt ? ((new Date(step.endedAt) - new Date(step.startedAt)) / 1000).toFixed(1) : "";
  const decided = step.approved === null ? [] : [element("div",
    t(step.approved ? "approved by {who}" : "refused by {who}", { who: step.decidedBy ?? "–" }), "quiet")];
  if (step.isReplaced) decided.push(element("div", t("replaced by a retry"), "quiet"));
  const tokens = step.usage.inputTokens + step.usage.outputTokens;
  return row([step.number, [words(step.kind), " ", element("span", step.tool, "tool")], step.kind === "call" ? given(step.arguments) : "",
    [element("span", stateOf(step), `state ${tone[step.state] ?? ""}`), ...decided], seconds,
    tokens ? `${step.usage.inputTokens.toLocaleString()} + ${step.usage.outputTokens.toLocaleString()}` : "", result(step)]);
}

/** Shows the steps of an agent's job, what they wait for, and the files that they made; nothing for another job. */
export async function drawSteps(id, reload) {
  const steps = await ask(`jobs/${id}/steps`);
  byId("steps-part").hidden = steps.length === 0;
  if (steps.length === 0) return;
  renew(byId("questions"), steps.filter(waits).map(step => question(id, step, reload)));
  const open = new Set([...byId("steps").querySelectorAll("details[open]")].map(node => node.dataset.key)), rows = steps.map(line);
  rows.forEach((row, index) => row.querySelectorAll("details").forEach((node, number) => {
    node.dataset.key = `${index} ${number}`;
    node.open = open.has(node.dataset.key);
  }));
  fill("steps", "no-steps", rows);
  const sum = of => steps.reduce((all, step) => all + step.usage[of], 0).toLocaleString();
  byId("steps-sum").textContent = t("{n} steps; tokens: {in} in, {out} out",
    { n: steps.length, in: sum("inputTokens"), out: sum("outputTokens") });
  const files = await ask(`jobs/${id}/artifacts`);
  byId("files-title").hidden = files.length === 0;
  renew(byId("files"), files.map(file => {
    const item = element("li");
    item.append(link(`jobs/${id}/artifacts/${encodeURIComponent(file.name)}`, file.name), " ", element("span", file.mediaType, "tag"));
    return item;
  }));
}
