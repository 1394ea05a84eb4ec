"""Trains the bundled model: train_nano.py RUN_FOLDER [--minutes N] [--see N]. Goes on where an earlier run stopped.

RUN_FOLDER holds tokenizer.json (made if missing), checkpoint.pt (weights, averaged weights, optimizer), log, and settings.json, which is read
again every few steps: {"rate": 1.0, "mix": {"shapes": 2, ...}, "answered": ["shapes", ...]}; of kinds not answered only the vision tower learns.
"""
import argparse, json, os, pathlib, signal, time
import torch
import torch.multiprocessing as multiprocessing
from torch.nn import functional as F
import batches
from model import Helpers, create, read, see
from prompts import load_tokenizer, prefix

ANSWERED = ["shapes", "document", "printed", "whiteboard", "diagram", "clip"]
DEFAULTS = {"rate": 1.0, "helpers": 1.0, "answered": ANSWERED, "mix": {"shapes": 2, "document": 3, "printed": 2, "whiteboard": 2, "diagram": 0.7, "clip": 2}}


class Settings:
    def __init__(self, folder):
        self.file, self.read, self.values = pathlib.Path(folder) / "settings.json", 0, DEFAULTS

    def __call__(self):
        if time.time() - self.read > 5:
            self.read = time.time()
            if self.file.exists():
                try:
                    self.values = {**DEFAULTS, **json.loads(self.file.read_text())}
                except ValueError:
                    pass
        return self.values

    def mix(self):
        return self()["mix"]


def answer_loss(model, batch, seen, prefixes):
    """The loss of the answers, how many tokens and whole answers are right."""
    past, _ = prefixes[batch["task"]]
    embeddings = model.model.language_model.embed_tokens(batch["ids"])
    media = (batch["ids"] == model.config.image_token_id) | (batch["ids"] == model.config.video_token_id)
    embeddings = embeddings.masked_scatter(media[..., None], seen.reshape(-1, seen.shape[-1]))
    hidden, _, balance = read(model, embeddings, batch["positions"], past)
    asked = batch["labels"] >= 0
    logits = model.lm_head(hidden[asked])
    target = batch["labels"][asked]
    loss = F.cross_entropy(logits, target, label_smoothing=0.0)
    with torch.no_grad():
        right = torch.ones_like(asked)
        right[asked] = logits.argmax(-1) == target
    return loss, balance, right[asked].float().mean().item(), right.all(1).float().mean().item()


@torch.no_grad()
def instructions(model, ids, task, prefixes):
    """Runs a task's instructions: what every item of the task then goes on from."""
    tokens = torch.tensor([ids[task]])
    positions = torch.arange(tokens.shape[1]).expand(3, 1, -1)
    _, keep, _ = read(model, model.model.language_model.embed_tokens(tokens), positions)
    prefixes[task] = keep, tokens.shape[1]


def save(folder, name, **state):
    temporary = pathlib.Path(folder) / f"{name}.new"
    torch.save(state, temporary)
    os.replace(temporary, pathlib.Path(folder) / name)


def main():
    arguments = argparse.ArgumentParser()
    arguments.add_argument("folder")
    arguments.add_argument("--minutes", type=float, default=90)
    arguments.add_argument("--see", type=int, default=500, help="first steps, in which only the vision tower learns")
    arguments.add_argument("--size", type=int, default=24)
    arguments.add_argument("--seed", type=int, default=1)
    options = arguments.parse_args()
    folder = pathlib.Path(options.folder)
    torch.set_num_threads(2)
    torch.set_float32_matmul_precision("medium")   # bfloat16 products with 32-bit sums: 20 times the rate of 32-bit ones on current processors
    tokenizer = load_tokenizer(folder)
    model, helpers = create(tokenizer, options.seed), Helpers()
    decayed = [p for p in model.parameters() if p.dim() > 1] + [p for p in helpers.parameters() if p.dim() > 1]
    other = [p for p in model.parameters() if p.dim() <= 1] + [p for p in helpers.parameters() if p.dim() <= 1]
    optimizer = torch.optim.AdamW([dict(params=decayed, weight_decay=0.02), dict(params=other, weight_decay=0)], betas=(0.9, 0.98), fused=True)
    mean, step, samples = None, 0, 0
    if (folder / "checkpoint.pt").exists():
        state = torch.load(folder / "checkpoint.pt")
        model.load_state_dict(state["model"]); helpers.load_state_dict(state["helpers"]); optimizer.load_state_dict(state["optimizer"])
        mean, step, samples = state["mean"], state["step"], state["samples"]
    settings = Settings(folder)
    queue = multiprocessing.get_context("spawn").Queue(6)
    maker = multiprocessing.get_context("spawn").Process(
        target=batches.worker, args=(queue, str(folder), settings.mix, options.size, options.seed * 1000 + step), daemon=True)
    maker.start()
    ids = {task: tokenizer.encode(prefix(task), add_special_tokens=False).ids for task in ("describe", "document", "video", "whiteboard")}
    log = open(folder / "log", "a", buffering=1)
    say = lambda text: (print(text, flush=True), log.write(text + "\n"))
    say(f"{time.strftime('%F %T')} start at step {step}, {sum(p.numel() for p in model.parameters()):,} parameters")
    start = saved = told = time.time()
    first, sums, told_samples = step, {}, samples
    end = start + options.minutes * 60
    stop = []
    signal.signal(signal.SIGTERM, lambda *_: stop.append(True))
    while time.time() < end and not stop:
        batch = queue.get()
        seeing = step < options.see
        share = (time.time() - start) / (end - start)
        rate = settings()["rate"] * min(1, (step - first + 1) / 100) * min(1, (1 - share) / 0.3)
        # After the first steps the tower slows down while the language model, still new, learns to use it.
        for group in optimizer.param_groups:
            group["lr"] = rate * (2e-3 if seeing else 1.5e-3) + 1e-6
        seen = see(model, batch["pixels"])
        loss, character, thing = helpers(seen, batch["cells"], batch["things"])
        tally = sums.setdefault(batch["kind"], {})
        notes = dict(characters=character, things=thing)
        if not seeing and batch["kind"] in settings()["answered"]:
            prefixes = {}
            instructions(model, ids, batch["task"], prefixes)
            answer, balance, tokens, whole = answer_loss(model, batch, seen, prefixes)
            loss = answer + settings()["helpers"] * loss + 0.01 * balance
            notes |= dict(loss=answer.item(), tokens=tokens, whole=whole, balance=balance.item())
        optimizer.zero_grad(set_to_none=True)
        loss.backward()
        torch.nn.utils.clip_grad_norm_([*model.parameters(), *helpers.parameters()], 1.0)
        optimizer.step()
        step, samples = step + 1, samples + len(batch["ids"])
        with torch.no_grad():
            if step >= options.see:
                if mean is None:
                    mean = {name: value.clone() for name, value in model.state_dict().items()}
                keep = 1 - max(0.01, 1 / (step - options.see + 2))
                for name, value in model.state_dict().items():
                    mean[name].lerp_(value, 1 - keep)
        for name, value in notes.items():
            if value is not None:
                total, count = tally.get(name, (0, 0))
                tally[name] = total + value, count + 1
        if step % 25 == 0:
            speed = (samples - told_samples) / (time.time() - told)
            say(f"{time.strftime('%T')} step {step} samples {samples} {speed:.1f}/s rate {rate:.3f} waiting {queue.qsize()}")
            for kind, values in sorted(sums.items()):
                say(f"   {kind:11}" + " ".join(f"{name} {total / count:.3f}" for name, (total, count) in values.items()))
            sums, told, told_samples = {}, time.time(), samples
        if time.time() - saved > 300 or time.time() >= end or stop:
            save(folder, "checkpoint.pt", model=model.state_dict(), helpers=helpers.state_dict(), optimizer=optimizer.state_dict(),
                 mean=mean, step=step, samples=samples)
            saved = time.time()
    maker.terminate()


if __name__ == "__main__":
    main()
