// The steps of an agent's job. What a model or a page wrote is set as text, never as markup.
import { ask, at, byId, element, link, row, say, t, words } from "./common.js";
import { japanese } from "./words.js";

Object.assign(japanese, {
  "Steps": "ステップ", "Arguments": "引数", "Result": "結果", "Seconds": "秒", "Approve": "承認する", "Refuse": "拒否する", "Files": "ファイル",
  "plan": "計画", "act": "行動", "call": "呼び出し", "read": "読解", "write": "執筆", "verify": "検証", "planned": "予定", "running": "実行中",
  "awaiting": "承認待ち", "unknown": "不明", "in doubt": "実行されたか不明", "replaced": "やり直し済み", "It has happened": "実行された",
  "It has not: do it": "実行されていない：実行する", "Skip it": "飛ばす",
});

const id = location.pathname.replace(/\/$/, "").split("/").pop();
const shown = 400;
const cut = text => !text ? "" : text.length <= shown ? text : `${text.slice(0, shown)}…`;

/** What came of a step: notes beside the quotes that carry them, or the words of a result. */
function result(step) {
  if (!step.result) return "";
  let value;
  try { value = JSON.parse(step.result); } catch { return cut(step.result); }
  const notes = value.answer?.notes;
  if (!notes) return cut(value.problem ?? value.text ?? JSON.stringify(value.answer ?? value.calls));
  return notes.map(note => {
    const line = element("div", note.claim);
    line.append(element("blockquote", note.quote));
    return line;
  });
}

const labels = { approve: "Approve", refuse: "Refuse", happened: "It has happened", again: "It has not: do it", skip: "Skip it" };

function decide(step, kind, decision) {
  const button = element("button", t(labels[decision]));
  button.type = "button";
  button.addEventListener("click", async () => {
    say();
    await ask(`jobs/${id}/steps/${step.number}/${kind}`, {
      method: "POST",
      headers: { "Content-Type": "application/json", "X-Qwen35Batch": "dashboard" },
      body: JSON.stringify({ decision, arguments_sha: step.argumentsSha256 }),
    }).catch(error => say(error.message));
    await load();
  });
  return button;
}

function line(step) {
  const seconds = step.startedAt && step.endedAt ? ((new Date(step.endedAt) - new Date(step.startedAt)) / 1000).toFixed(1) : "";
  const choices = step.isInDoubt && !step.verdict ? ["settlement", "happened", "again", "skip"]
    : step.state === "Awaiting" && step.approved === null && !step.isInDoubt ? ["approval", "approve", "refuse"] : [];
  const state = [step.isInDoubt ? t("in doubt") : words(step.state), step.isReplaced ? ` (${t("replaced")})` : ""];
  return row([step.number, [words(step.kind), step.tool ? ` ${step.tool}` : ""], step.kind === "Call" ? cut(step.arguments) : "",
    [...state, ...choices.slice(1).flatMap(choice => [" ", decide(step, choices[0], choice)])], seconds,
    `${step.usage.inputTokens} + ${step.usage.outputTokens}`, result(step)]);
}

async function load() {
  const place = byId("steps");
  const state = await ask(`jobs/${id}`).then(found => found.job.state, () => "");
  const steps = await ask(`jobs/${id}/steps`).catch(() => []);
  if (["Accepted", "Analysing"].includes(state)) setTimeout(load, 3000);
  if (steps.length === 0) return;
  const files = await ask(`jobs/${id}/artifacts`).catch(() => []);
  const table = element("table"), head = element("thead"), body = element("tbody"), scroll = element("div", null, "scroll");
  const names = element("tr");
  names.append(...["#", "What", "Arguments", "State", "Seconds", "Tokens", "Result"].map(name => element("th", t(name))));
  head.append(names);
  body.append(...steps.map(line));
  table.append(head, body);
  scroll.append(table);
  const list = element("p");
  list.append(...files.flatMap(file => [link(at(`jobs/${id}/artifacts/${encodeURIComponent(file.name)}`), file.name), " "]));
  place.replaceChildren(element("h2", t("Steps")), scroll, ...(files.length ? [element("h2", t("Files")), list] : []));
}

await load();
