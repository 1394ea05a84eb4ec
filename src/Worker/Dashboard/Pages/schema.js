import { valueAt } from "./common.js";

const MOST = 40;

/** The part of a schema that is for a field. */
export function schemaAt(root, pointer) {
  const resolve = part => part?.$ref?.startsWith("#") ? resolve(part.$ref === "#" ? root : valueAt(root, part.$ref.slice(1))) : part;
  const step = (from, name) => {
    const part = resolve(from);
    if (!part || typeof part !== "object") return undefined;
    const own = part.properties?.[name] ?? part.prefixItems?.[name] ?? (/^(\d+|-)$/.test(name) ? part.items : undefined);
    if (own !== undefined) return resolve(own);
    for (const option of [...part.anyOf ?? [], ...part.oneOf ?? [], ...part.allOf ?? []]) {
      const found = step(option, name);
      if (found !== undefined) return found;
    }
    return typeof part.additionalProperties === "object" ? resolve(part.additionalProperties) : undefined;
  };
  return pointer.split("/").slice(1).map(name => name.replaceAll("~1", "/").replaceAll("~0", "~")).reduce(step, resolve(root));
}

const optionsOf = part => part ? [part, ...part.anyOf ?? [], ...part.oneOf ?? []] : [];

/** The names of an object's members, in the order in which the schema has them. */
export const namesOf = part => [...new Set(optionsOf(part).flatMap(option => Object.keys(option.properties ?? {})))];

/** Whether a field takes text and nothing else but null. */
export function isText(part) {
  const types = optionsOf(part).flatMap(option => option.type ?? option.enum?.map(value => typeof value) ?? []).filter(type => type !== "null");
  return types.length > 0 && types.every(type => type === "string");
}

/** What may be written into a field: the values that it takes, or its type. */
export function allowed(part) {
  const options = optionsOf(part), values = options.flatMap(option => option.enum ?? ("const" in option ? [option.const] : []));
  if (values.length > 0) return values.slice(0, MOST).map(value => typeof value === "string" ? value : JSON.stringify(value)).join(" · ");
  return [...new Set(options.flatMap(option => option.type ?? []))].join(" · ");
}
