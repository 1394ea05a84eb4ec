import { element, t, time, words } from "./common.js";

const tones = { failed: "bad", crashed: "bad", cancelled: "bad", answered: "good", reviewed: "good" };

function item(event) {
  const node = element("li", null, tones[event.kind]);
  const clock = element("time", time(event.at));
  clock.dateTime = event.at;
  node.append(clock, " ", element("b", words(event.kind)));
  if (event.actor) node.append(" ", element("span", event.actor, "tag"));
  if (event.detail) node.append(" ", element("span", event.detail));
  if (event.answer) {
    const answer = element("details");
    answer.append(element("summary", t("What the model said")), element("pre", event.answer));
    node.append(answer);
  }
  return node;
}

/** What happened to a job and, below it, to each of its segments; a segment to which nothing special happened is closed. */
export function drawEvents(list, events, segments) {
  const open = new Set([...list.querySelectorAll("details[open][data-segment]")].map(node => node.dataset.segment));
  const drawn = list.childElementCount > 0;
  const ofSegment = Map.groupBy(events, event => event.segment ?? null);
  const branches = segments.filter(([number]) => ofSegment.has(number)).map(([number, name]) => {
    const own = ofSegment.get(number), branch = element("li"), details = element("details"), inner = element("ol", null, "events");
    details.dataset.segment = number;
    details.open = drawn ? open.has(String(number)) : own.some(event => tones[event.kind] === "bad") || segments.length === 1;
    inner.append(...own.map(item));
    details.append(element("summary", `${name} · ${words(own.at(-1).kind)}`), inner);
    branch.append(details);
    return branch;
  });
  const before = (ofSegment.get(null) ?? []).filter(event => ["submitted", "askedAgain", "planned"].includes(event.kind));
  const after = (ofSegment.get(null) ?? []).filter(event => !before.includes(event));
  list.replaceChildren(...before.map(item), ...branches, ...after.map(item));
}
