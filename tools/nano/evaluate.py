"""Greedy answers on held-out items: evaluate.py CHECKPOINT_FOLDER_OR_RUN_FOLDER [--items N] [--kinds a,b] [--show]. Prints the accuracy of each field."""
import argparse, collections, json, os
import torch
import batches, items
from model import create, read, see
from prompts import load_tokenizer, prefix, question
from train_nano import instructions


def load(folder, tokenizer):
    model = create(tokenizer)
    if os.path.exists(f"{folder}/checkpoint.pt"):
        model.load_state_dict(torch.load(f"{folder}/checkpoint.pt")["mean"])
    else:
        model = type(model).from_pretrained(folder, dtype=torch.float32)
    return model.eval()


@torch.no_grad()
def answers(model, tokenizer, group, most=400):
    """Greedy answers to items of one kind whose prompts are equally long."""
    task = group[0].task
    start = tokenizer.encode(prefix(task), add_special_tokens=False).ids
    prefixes = {}
    instructions(model, {task: start}, task, prefixes)
    batch = batches.collate(tokenizer, group, {task: len(start)})
    asked = int((batch["labels"][0] >= 0).int().argmax()) + 1
    ids, positions = batch["ids"][:, :asked], batch["positions"][:, :, :asked]
    embed = model.model.language_model.embed_tokens
    embeddings = embed(ids)
    if batch["pixels"].numel():
        media = (ids == model.config.image_token_id) | (ids == model.config.video_token_id)
        embeddings = embeddings.masked_scatter(media[..., None], see(model, batch["pixels"]).reshape(-1, embeddings.shape[-1]))
    hidden, past, _ = read(model, embeddings, positions, prefixes[task][0])
    end = model.config.text_config.eos_token_id
    position = positions[:, :, -1:] + 1
    written, done = [], torch.zeros(len(group), dtype=torch.bool)
    while len(written) < most and not done.all():
        token = model.lm_head(hidden[:, -1]).argmax(-1)
        written.append(token)
        done |= token == end
        hidden, past, _ = read(model, embed(token[:, None]), position, past)
        position = position + 1
    rows = torch.stack(written, 1).tolist()
    return [tokenizer.decode(row[:row.index(end)] if end in row else row, skip_special_tokens=False) for row in rows]


def at(value, pointer):
    """The value at a JSON pointer; * stands for all items of a list; None where there is none."""
    for index, name in enumerate(parts := pointer.strip("/").split("/")):
        if name == "*":
            return [at(item, "/" + "/".join(parts[index + 1:])) for item in value] if isinstance(value, list) else None
        try:
            value = value[int(name)] if isinstance(value, list) else value[name]
        except (KeyError, IndexError, TypeError, ValueError):
            return None
    return value


def same(found, expected, tolerance):
    if isinstance(expected, list):
        return isinstance(found, list) and len(found) == len(expected) and all(same(f, e, tolerance) for f, e in zip(found, expected))
    if isinstance(expected, (int, float)) and not isinstance(expected, bool):
        return isinstance(found, (int, float)) and abs(found - expected) <= tolerance + 1e-9
    return found == expected


def compare(answer, expected, fields):
    """Which fields of an answer are as expected."""
    result = {}
    for name, rule in fields.items():
        pointers = rule["pointer"] if isinstance(rule, dict) else rule
        tolerance = rule.get("tolerance", 0) if isinstance(rule, dict) else 0
        pointers = [pointers] if isinstance(pointers, str) else pointers
        result[name] = all(same(at(answer, p), at(expected, p), tolerance) for p in pointers)
    return result


def grouped(tokenizer, made, size):
    groups = collections.defaultdict(list)
    for item in made:
        pairs, rows, columns = item.cells.shape[:3]
        groups[item.cells.shape, len(tokenizer.encode(question(item, pairs, rows * columns), add_special_tokens=False).ids)].append(item)
    return [group[i:i + size] for group in groups.values() for i in range(0, len(group), size)]


def main():
    arguments = argparse.ArgumentParser()
    arguments.add_argument("folder")
    arguments.add_argument("--items", type=int, default=100)
    arguments.add_argument("--kinds", default=",".join(items.MAKERS))
    arguments.add_argument("--show", action="store_true")
    options = arguments.parse_args()
    tokenizer = load_tokenizer(options.folder)
    model = load(options.folder, tokenizer)
    for kind in options.kinds.split(","):
        made = [items.make(kind, f"held-out/{i}") for i in range(options.items)]
        tally, whole = collections.defaultdict(list), []
        for group in grouped(tokenizer, made, 25):
            for item, text in zip(group, answers(model, tokenizer, group)):
                try:
                    answer = json.loads(text)
                except ValueError:
                    answer = None
                for name, right in compare(answer, item.answer, item.fields).items():
                    tally[item.kind, name].append(right)
                whole.append(text == items.compact(item.answer))
                if options.show and not whole[-1]:
                    print("expected", items.compact(item.answer), "\nanswered", text)
        print(f"{kind}: whole answers {sum(whole) / len(whole):.3f}")
        for (name, field), right in sorted(tally.items()):
            print(f"   {name:12} {field:22} {sum(right) / len(right):.3f} of {len(right)}", flush=True)


if __name__ == "__main__":
    main()
