"""Makes batches of items of one kind and size, in a process of its own."""
import itertools, os, random
import numpy as np
import torch
from model import place
from prompts import TASK_NAMES, prefix, question
import items


def encode(tokenizer, item, prefix_length):
    """Ids, positions and labels (-100 where nothing is asked) of an item after its task's instructions."""
    pairs, rows, columns = item.cells.shape[:3]
    asked = tokenizer.encode(question(item, pairs, rows * columns), add_special_tokens=False).ids
    answer = tokenizer.encode(items.compact(item.answer) + "<|im_end|>", add_special_tokens=False).ids
    ids = asked + answer
    media = tokenizer.token_to_id("<|image_pad|>"), tokenizer.token_to_id("<|video_pad|>")
    return ids, place(ids, rows, columns, media, prefix_length), len(asked)


def pixels(item):
    if not item.frames:
        return np.zeros(0, np.uint8)
    frames = np.stack([np.asarray(f) for f in item.frames])
    return frames[None] if item.seconds is None else frames.reshape(-1, 2, *frames.shape[1:])


def collate(tokenizer, batch, prefix_lengths):
    task = batch[0].task
    encoded = [encode(tokenizer, item, prefix_lengths[task]) for item in batch]
    length = -(-max(len(ids) for ids, _, _ in encoded) // 16) * 16   # few different lengths: each costs a new kernel
    ids = torch.zeros(len(batch), length, dtype=torch.long)
    labels = torch.full((len(batch), length), -100)
    positions = torch.zeros(3, len(batch), length, dtype=torch.long)
    for i, (tokens, at, asked) in enumerate(encoded):
        ids[i, :len(tokens)] = torch.tensor(tokens)
        positions[:, i, :len(tokens)] = torch.tensor(at).T
        labels[i, asked - 1:len(tokens) - 1] = torch.tensor(tokens[asked:])
    return dict(kind=batch[0].kind.split("-")[0], task=task, ids=ids, positions=positions, labels=labels,
                pixels=torch.from_numpy(np.stack([pixels(item) for item in batch])),
                cells=torch.from_numpy(np.stack([item.cells for item in batch])),
                things=torch.from_numpy(np.stack([item.things for item in batch])))


def stream(tokenizer, mix, size, parts, seed):
    """Endless batches, each in parts of one length; mix: a function that gives the weight of each kind."""
    prefix_lengths = {task: len(tokenizer.encode(prefix(task), add_special_tokens=False).ids) for task in TASK_NAMES}
    rng = random.Random(seed)
    waiting = {}
    for number in itertools.count():
        weights = mix()
        kind = rng.choices(list(weights), list(weights.values()))[0]
        for _ in range(size):
            item = items.make(kind, f"train/{seed}/{number}/{rng.getrandbits(40)}")
            group = waiting.setdefault((kind, item.cells.shape), [])
            group.append(item)
            if len(group) == size:
                yield [collate(tokenizer, group[part::parts], prefix_lengths) for part in range(parts)]
                group.clear()


def worker(queues, folder, mix, size, seed):
    from prompts import load_tokenizer
    torch.set_num_threads(1)
    os.nice(3)
    for parts in stream(load_tokenizer(folder), mix, size, len(queues), seed):
        for queue, part in zip(queues, parts):
            queue.put(part)
