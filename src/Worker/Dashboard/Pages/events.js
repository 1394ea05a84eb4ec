import { element, renew, t, time, words } from "./common.js";

const tones = { failed: "bad", crashed: "bad", cancelled: "bad", answered: "good", reviewed: "good",
  approved: "good", refused: "bad" };

/** States and reasons at the beginning of what is said, in words. */
function inWords(detail) {
  const parts = detail.split(": "), names = parts.findIndex(part => !/^[a-z]+([A-Z][a-z]+)*$/.test(part));
  const count = names < 0 ? parts.length : names;
  return [...parts.slice(0, count).map(words), ...parts.slice(count)].join(": ");
}

function item(event, open) {
  const node = element("li", null, tones[event.kind]);
  const clock = element("time", time(event.at));
  clock.dateTime = event.at;
  node.append(clock, " ", element("b", event.kind === "putOff" ? t("put off until then") : words(event.kind)));
  if (event.actor) node.append(" ", element("span", event.actor, "tag"));
  if (event.detail) node.append(" ", element("span", ["ended", "failed"].includes(event.kind) ? inWords(event.detail) : event.detail));
  if (event.answer) {
    const answer = element("details");
    answer.dataset.key = `${event.segment} ${event.at}`;
    answer.open = open.has(answer.dataset.key);
    answer.append(element("summary", t("What the model said")), element("pre", event.answer));
    node.append(answer);
  }
  return node;
}

/** What happened to a job and, below it, to each of its segments; a segment to which nothing special happened is closed. */
export function drawEvents(list, events, segments) {
  const open = new Set([...list.querySelectorAll("details[open]")].map(node => node.dataset.key)), drawn = list.childElementCount > 0;
  const items = some => some.map(event => item(event, open));
  const ofSegment = Map.groupBy(events, event => event.segment ?? null);
  const branches = segments.filter(([number]) => ofSegment.has(number)).map(([number, name]) => {
    const own = ofSegment.get(number), branch = element("li"), details = element("details"), inner = element("ol", null, "events");
    details.dataset.key = `segment ${number}`;
    details.open = drawn ? open.has(details.dataset.key) : own.some(event => tones[event.kind] === "bad") || segments.length === 1;
    inner.append(...items(own));
    details.append(element("summary", `${name} · ${words(own.at(-1).kind)}`), inner);
    branch.append(details);
    return branch;
  });
  const before = (ofSegment.get(null) ?? []).filter(event => ["submitted", "askedAgain", "planned"].includes(event.kind));
  const after = (ofSegment.get(null) ?? []).filter(event => !before.includes(event));
  renew(list, [...items(before), ...branches, ...items(after)]);
}
