"""Trains the bundled model: train_nano.py RUN_FOLDER [--minutes N] [--see N]. Goes on where an earlier run stopped.

RUN_FOLDER holds tokenizer.json (made if missing), checkpoint.pt (weights, averaged weights, optimizers), log, and settings.json, which is read
again every few steps: {"rate": 1.0, "mix": {"shapes": 2, ...}, "answered": ["shapes", ...]}; of kinds not answered only the vision tower learns.
Every processor core learns from its part of a batch, in a process of its own; after each step they share their gradients.
"""
import argparse, json, os, pathlib, signal, time
import torch
import torch.distributed as distributed
import torch.multiprocessing as multiprocessing
from torch.nn import functional as F
import batches
from model import Helpers, create, read, see
from muon import Muon
from prompts import TASK_NAMES, load_tokenizer, prefix

ANSWERED = ["shapes", "document", "printed", "text", "pages", "whiteboard", "diagram", "clip"]
DEFAULTS = {"rate": 1.0, "helpers": 1.0, "answered": ANSWERED, "mix": {"shapes": 2, "document": 3, "printed": 2, "text": 0.6, "pages": 0.4, "whiteboard": 2, "diagram": 0.7, "clip": 2}}


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
    if seen is not None:
        media = (batch["ids"] == model.config.image_token_id) | (batch["ids"] == model.config.video_token_id)
        embeddings = embeddings.masked_scatter(media[..., None], seen.reshape(-1, seen.shape[-1]))
    hidden, _, balance = read(model, embeddings, batch["positions"], past)
    asked = batch["labels"] >= 0
    logits = model.lm_head(hidden[asked])
    target = batch["labels"][asked]
    loss = F.cross_entropy(logits, target)
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


def optimizers(model, helpers):
    """Muon for the matrices between the layers' states, AdamW for all else: embeddings, heads, convolutions, norms and narrow matrices."""
    matrices = [p for name, p in model.named_parameters()
                if p.dim() in (2, 3) and min(p.shape[-2:]) >= 16 and not any(part in name for part in ("embed", "lm_head", "conv1d"))]
    inside = {id(p) for p in matrices}
    rest = [p for p in [*model.parameters(), *helpers.parameters()] if id(p) not in inside]
    return Muon(matrices), torch.optim.AdamW(
        [dict(params=[p for p in rest if p.dim() > 1], weight_decay=0.02), dict(params=[p for p in rest if p.dim() <= 1], weight_decay=0)],
        betas=(0.9, 0.98), fused=True)


def share(parameters):
    """Makes every process's gradients their mean."""
    if distributed.get_world_size() > 1:
        parts = [torch.zeros_like(p) if p.grad is None else p.grad for p in parameters]
        flat = torch.cat([part.flatten() for part in parts])
        distributed.all_reduce(flat)
        flat /= distributed.get_world_size()
        for parameter, part in zip(parameters, flat.split([p.numel() for p in parameters])):
            parameter.grad = part.view_as(parameter)


def save(folder, name, **state):
    temporary = pathlib.Path(folder) / f"{name}.new"
    torch.save(state, temporary)
    os.replace(temporary, pathlib.Path(folder) / name)


def learn(rank, options, queues, stop):
    """One of the processes that learn. The first one sets the pace, writes the log and saves."""
    signal.signal(signal.SIGTERM, signal.SIG_IGN)
    folder, first = pathlib.Path(options.folder), rank == 0
    distributed.init_process_group("gloo", init_method=f"file://{folder.resolve()}/processes.{os.getppid()}", rank=rank, world_size=options.processes)
    torch.set_num_threads(1)
    torch.set_float32_matmul_precision("medium")   # bfloat16 products with 32-bit sums: 20 times the rate of 32-bit ones on current processors
    tokenizer = load_tokenizer(folder)
    model, helpers = create(tokenizer, options.seed), Helpers()
    parameters = [*model.parameters(), *helpers.parameters()]
    muon, adam = optimizers(model, helpers)
    mean, step, samples = None, 0, 0
    if (folder / "checkpoint.pt").exists():
        state = torch.load(folder / "checkpoint.pt")
        model.load_state_dict(state["model"]); helpers.load_state_dict(state["helpers"])
        muon.load_state_dict(state["muon"]); adam.load_state_dict(state["adam"])
        mean, step, samples = state["mean"], state["step"], state["samples"]
    for parameter in parameters:
        distributed.broadcast(parameter.data, 0)
    settings = Settings(folder)
    ids = {task: tokenizer.encode(prefix(task), add_special_tokens=False).ids for task in TASK_NAMES}
    log = open(folder / "log", "a" if first else "r", buffering=1)
    say = lambda text: first and (print(text, flush=True), log.write(text + "\n"))
    say(f"{time.strftime('%F %T')} start at step {step}, {sum(p.numel() for p in model.parameters()):,} parameters")
    start = saved = told = time.time()
    begun, sums, told_samples = step, {}, samples
    end = start + options.minutes * 60
    while True:
        # The first process's clock and settings count, so that all processes take the same steps.
        over = stop.is_set() or time.time() >= end
        left = (end - time.time()) / (end - start)
        pace = torch.tensor([float(over), settings()["rate"] * min(1, (step - begun + 1) / 20) * max(0, min(1, left / 0.4))])
        distributed.broadcast(pace, 0)
        over, rate = pace.tolist()
        if first and (over or time.time() - saved > 300):
            save(folder, "checkpoint.pt", model=model.state_dict(), helpers=helpers.state_dict(), muon=muon.state_dict(), adam=adam.state_dict(),
                 mean=mean, step=step, samples=samples)
            saved = time.time()
        if over:
            return
        batch = queues[rank].get()
        seeing = step < options.see
        for group in muon.param_groups + adam.param_groups:
            group["lr"] = rate * (2e-3 if seeing else 1.5e-3) + 1e-6
        seen, loss, notes = None, 0, {}
        if batch["pixels"].numel():
            seen = see(model, batch["pixels"])
            loss, character, thing = helpers(seen, batch["cells"], batch["things"])
            notes = dict(characters=character, things=thing)
        if not seeing and batch["kind"] in settings()["answered"]:
            prefixes = {}
            instructions(model, ids, batch["task"], prefixes)
            answer, balance, tokens, whole = answer_loss(model, batch, seen, prefixes)
            loss = answer + settings()["helpers"] * loss + 0.01 * balance
            notes |= dict(loss=answer.item(), tokens=tokens, whole=whole, balance=balance.item())
        muon.zero_grad(); adam.zero_grad()
        loss.backward()
        share(parameters)
        torch.nn.utils.clip_grad_norm_(parameters, 1.0)
        muon.step(); adam.step()
        step, samples = step + 1, samples + options.size
        with torch.no_grad():
            if first and step >= options.see:
                if mean is None:
                    mean = {name: value.clone() for name, value in model.state_dict().items()}
                keep = 1 - max(0.01, 1 / (step - options.see + 2))
                for name, value in model.state_dict().items():
                    mean[name].lerp_(value, 1 - keep)
        tally = sums.setdefault(batch["kind"], {})
        for name, value in notes.items():
            if value is not None:
                total, count = tally.get(name, (0, 0))
                tally[name] = total + value, count + 1
        if step % 25 == 0:
            speed = (samples - told_samples) / (time.time() - told)
            say(f"{time.strftime('%T')} step {step} samples {samples} {speed:.1f}/s rate {rate:.3f}")
            for kind, values in sorted(sums.items()):
                say(f"   {kind:11}" + " ".join(f"{name} {total / count:.3f}" for name, (total, count) in values.items()))
            sums, told, told_samples = {}, time.time(), samples


def main():
    arguments = argparse.ArgumentParser()
    arguments.add_argument("folder")
    arguments.add_argument("--minutes", type=float, default=90)
    arguments.add_argument("--see", type=int, default=500, help="first steps, in which only the vision tower learns")
    arguments.add_argument("--size", type=int, default=24, help="items of a batch")
    arguments.add_argument("--processes", type=int, default=os.cpu_count())
    arguments.add_argument("--seed", type=int, default=1)
    options = arguments.parse_args()
    context = multiprocessing.get_context("spawn")
    queues, stop = [context.Queue(6) for _ in range(options.processes)], context.Event()
    maker = context.Process(target=batches.worker, daemon=True, args=(
        queues, options.folder, Settings(options.folder).mix, options.size, options.seed * 1000 + int(time.time())))
    maker.start()
    signal.signal(signal.SIGTERM, lambda *_: stop.set())
    signal.signal(signal.SIGINT, lambda *_: stop.set())
    learners = multiprocessing.spawn(learn, (options, queues, stop), nprocs=options.processes, join=False)
    while not learners.join():
        pass
    maker.terminate()


if __name__ == "__main__":
    main()
