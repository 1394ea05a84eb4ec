import { valueAt } from "./common.js";

/** What a review says, field by field; what was added to a list has the place that it got there. */
export function said(review) {
  const added = new Map();
  for (const { pointer } of review.fields) if (pointer.endsWith("/-")) added.set(pointer, (added.get(pointer) ?? 0) + 1);
  return review.fields.map(field => {
    if (!field.pointer.endsWith("/-")) return field;
    const list = field.pointer.slice(0, -2), left = added.get(field.pointer);
    added.set(field.pointer, left - 1);
    return { ...field, pointer: `${list}/${(valueAt(review.insight, list)?.length ?? 0) - left}` };
  });
}
