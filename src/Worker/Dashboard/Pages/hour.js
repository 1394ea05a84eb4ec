import { byId, element, percent, shape, t } from "./common.js";

// In the order in which they are stacked, from below.
const doings = {
  busy: "answering", extract: "media were being read", acquire: "media were being fetched", prepare: "prompts were being made",
  persist: "answers were being stored", loading: "the model was being loaded", endpoint: "the endpoint did not answer",
  ledger: "the ledger was away", noWork: "there was nothing to do",
};
const height = 40;

/** What the engine did in each minute of the last hour, and why nothing if it did nothing. */
export function hour(minutes) {
  const seen = minutes.filter(minute => minute !== null), width = 600 / Math.max(1, minutes.length);
  byId("hour").replaceChildren(...minutes.flatMap((minute, index) => {
    let below = 0;
    return Object.keys(doings).filter(doing => minute?.[doing]).map(doing => {
      const share = minute[doing];
      below += share;
      const part = shape("rect", { x: index * width, y: height * (1 - below), width: width + 0.2, height: height * share, class: doing });
      part.append(shape("title", {}));
      part.firstChild.textContent = t("{n} min ago: {doing} {share}",
        { n: minutes.length - 1 - index, doing: t(doings[doing]), share: percent(share) });
      return part;
    });
  }));
  byId("hour-text").replaceChildren(...Object.keys(doings).map(doing => [doing, seen.reduce((sum, minute) => sum + (minute[doing] ?? 0), 0)])
    .filter(([, sum]) => sum > 0).map(([doing, sum]) => {
      const item = element("li");
      item.append(element("i", null, `swatch ${doing}`), " ", t(doings[doing]), " ", percent(sum / seen.length));
      return item;
    }));
}
