"""The kinds of training and evaluation items. Each maker returns a picture or clip, the task, and the answer as the built-in task writes it."""
import json
import random
from dataclasses import dataclass, field
import numpy as np
from PIL import Image
import drawing
from drawing import BLOCK, Picture, cells
from prompts import fence
from words import COLOURS, COMPONENTS, CURRENCIES, GOODS, LABELS, PARTIES, PLACES, SHAPES, SIGNS, THING, TITLES


class Number(float):
    """A number that is written as it stands in the picture: 20.50."""
    def __new__(cls, text):
        value = float.__new__(cls, text)
        value.text = text
        return value


def compact(value):
    """JSON as the product's grammar writes it."""
    if isinstance(value, dict):
        return "{" + ",".join(f"{json.dumps(name)}:{compact(item)}" for name, item in value.items()) + "}"
    if isinstance(value, (list, tuple)):
        return "[" + ",".join(map(compact, value)) + "]"
    return getattr(value, "text", None) or json.dumps(value, ensure_ascii=False)


@dataclass
class Item:
    kind: str
    task: str
    frames: list                 # none of a text
    answer: dict
    cells: np.ndarray            # [pairs, rows, columns, 2]: characters of each half block
    things: np.ndarray           # [pairs, rows, columns, 2]: what each block shows in either frame of the pair
    before: str = "This is a picture."
    after: str = ""
    fields: dict = field(default_factory=dict)
    seconds: int | None = None   # of a clip: one frame a second
    text: str = ""               # of a text: its Markdown
    sheets: list = field(default_factory=list)   # of a document of several pages: their pictures


def _still(kind, task, picture, answer, fields, before="This is a picture.", second=None):
    things = np.stack([picture.things, picture.things if second is None else second], -1)[None]
    return Item(kind, task, [picture.finish()], answer, picture.cells[None], things, before, fields=fields)


def shapes(rng):
    picture = Picture(rng, 8, 8)
    groups = rng.sample([(c, s) for c in COLOURS for s in SHAPES], rng.choice((1, 2, 2, 3, 3)))
    total = rng.randint(len(groups), 6)
    which = list(range(len(groups))) + [rng.randrange(len(groups)) for _ in range(total - len(groups))]
    places = rng.sample(range(9), total)
    step = picture.columns * BLOCK / 3
    found = {}
    for place, group in sorted(zip(places, which)):
        colour, kind = groups[group]
        picture.shape(kind, colour, step * (place % 3 + .5) + rng.randint(-12, 12), step * (place // 3 + .5) + rng.randint(-12, 12), rng.randint(18, 32))
        found.setdefault((colour, kind), []).append(place)
    answer = {
        "summary": ", ".join(f"{PLACES[place]}: {' '.join(groups[group])}" for place, group in sorted(zip(places, which))) + ".",
        "objects": [{"name": f"{c} {s}", "count": len(at), "description": ", ".join(PLACES[p] for p in at)} for (c, s), at in found.items()],
        "visibleText": [], "language": None,
    }
    return _still("shapes", "describe", picture, answer, {
        "shapes and colours": "/objects/*/name", "counts": "/objects/*/count", "positions": "/objects/*/description"})


def _sheet(rng, language, first=None):
    """A printed document: its picture, its lines and its values; with the title and the party of a first page, if there is one."""
    picture = Picture(rng, 10, 10)
    style = picture.style()
    title, kind = rng.choice(list(TITLES[language].items()))
    party = rng.choice(PARTIES[language])
    if first:
        title, kind, party = first["title"], first["kind"], first["party"]
    number = str(rng.randint(10 ** (digits := rng.choice((3, 4, 4))), 10 ** (digits + 1) - 1))
    year, month, day = rng.randint(2019, 2029), rng.randint(1, 12), rng.randint(1, 28)
    iso = f"{year}-{month:02}-{day:02}"
    labels = {name: rng.choice(choices) for name, choices in LABELS[language].items()}
    goods = rng.sample(GOODS[language], rng.randint(1, 3))
    if language == "ja":
        shown = rng.choice((iso, f"{year}/{month:02}/{day:02}", f"{year}年{month:02}月{day:02}日"))
        prices = [rng.randint(80, 4000) for _ in goods]
        total, currency = str(sum(prices)), "JPY"
        comma = rng.random() < .3
        write = lambda yen: f"{yen:,}" if comma else str(yen)
        amounts, total_shown = [write(p) for p in prices], write(sum(prices)) + "円"
    else:
        shown = rng.choice((iso, iso, f"{year}/{month:02}/{day:02}"))
        prices = [rng.randint(50, 9999) for _ in goods]
        money = lambda cents: f"{cents // 100}.{cents % 100:02}"
        amounts, total, currency = [money(p) for p in prices], money(sum(prices)), rng.choice(CURRENCIES)
        total_shown = f"{total} {currency}"
    margin = rng.randint(0, 1)
    labelled = [(labels["number"], number), (labels["date"], shown)]
    if rng.random() < .3:
        labelled.reverse()
    lines = [(title, ""), (party, ""), *labelled, *zip(goods, amounts), (labels["total"], total_shown)]
    gaps = rng.randint(0, 10 - len(lines))
    row, written = rng.randint(0, min(1, gaps)), []
    for index, (left, right) in enumerate(lines):
        if index in (2, 4, len(lines) - 1) and row + len(lines) - index < 10 and rng.random() < .5:
            row += 1
        column = margin if index else rng.randint(0, 19 - cells(left))
        end = picture.text(row, column, left, style)
        if right:
            aligned = 20 - cells(right) - rng.randint(0, 1)
            picture.text(row, aligned if index >= 4 else min(aligned, end + rng.randint(1, 2)), right, style)
        written.append(f"{left} {right}".strip())
        row += 1
    return picture, written, dict(title=title, kind=kind, party=party, number=number, iso=iso, labels=labels, total=total,
                                  currency=currency, goods=goods, amounts=amounts)


def _summary(language, sheet):
    return f"{sheet['party']}の{sheet['title']}。" if language == "ja" else f"{sheet['title'].capitalize()} from {sheet['party']}."


def _document_answer(language, sheet):
    return {
        "type": sheet["kind"], "title": sheet["title"], "summary": _summary(language, sheet),
        "parties": [{"name": sheet["party"], "role": None}],
        "dates": [{"date": sheet["iso"], "meaning": sheet["labels"]["date"]}],
        "totals": [{"label": sheet["labels"]["total"], "amount": Number(sheet["total"]), "currency": sheet["currency"]}],
        "fields": [{"name": sheet["labels"]["number"], "value": sheet["number"]}],
        "tables": [{"title": None, "columns": [], "rows": [[good, amount] for good, amount in zip(sheet["goods"], sheet["amounts"])]}],
    }


DOCUMENT_FIELDS = {
    "number": "/fields/0/value", "date": "/dates/0/date", "total": "/totals/0/amount", "party": "/parties/0/name",
    "title": "/title", "type": "/type", "labels": ["/dates/0/meaning", "/totals/0/label", "/fields/0/name"], "rows": "/tables/0/rows"}


def document(rng, language=None):
    language = language or rng.choice(("en", "ja"))
    picture, _, sheet = _sheet(rng, language)
    before = rng.choice(("This is a picture.", *(f"This is page {page} of {pages} of a document." for pages in (1, 2) for page in range(1, pages + 1))))
    return _still(f"document-{language}", "document", picture, _document_answer(language, sheet), DOCUMENT_FIELDS, before)


def _text_only(kind, task, answer, fields, before, **source):
    return Item(kind, task, [], answer, np.zeros((0, 0, 0, 2), np.int64), np.zeros((0, 0, 0, 2), np.int64), before, fields=fields, **source)


def text(rng, language=None):
    """What is printed on a document, as Markdown."""
    language = language or rng.choice(("en", "ja"))
    _, lines, sheet = _sheet(rng, language)
    markdown = "\n".join([f"# {lines[0]}", "", lines[1], "", *lines[2:4], "", *(f"- {line}" for line in lines[4:-1]), "", lines[-1]]) + "\n"
    return _text_only(f"text-{language}", "document", _document_answer(language, sheet), DOCUMENT_FIELDS,
                      "This is part 1 of a text." + fence("Text", markdown), text=markdown)


def pages(rng, language=None):
    """The synthesis of two pages from what was found on each of them."""
    language = language or rng.choice(("en", "ja"))
    first, _, sheet = _sheet(rng, language)
    second, _, other = _sheet(rng, language, sheet)
    found = [_document_answer(language, sheet), _document_answer(language, other)]
    answer = {name: found[0][name] for name in ("type", "title", "summary")}
    for name in ("parties", "dates", "totals", "fields", "tables"):
        answer[name] = [{**entry, "page": page} for page, part in enumerate(found, 1) for entry in part[name] if name != "parties" or page == 1]
    lines = "\n".join(f"page {page}: {compact(part)}" for page, part in enumerate(found, 1))
    return _text_only(f"pages-{language}", "document/synthesis", answer, {name: f"/{name}" for name in answer},
                      "This is what was found in 2 parts of a document of 2 pages, in order." + fence("Insights, one part a line", lines),
                      sheets=[first.finish(), second.finish()])


def printed(rng, language=None):
    """A printed document under the task for any picture: what is it, and all its lines."""
    language = language or rng.choice(("en", "ja"))
    picture, lines, sheet = _sheet(rng, language)
    answer = {"summary": _summary(language, sheet),
              "objects": [{"name": sheet["kind"], "count": 1, "description": ""}],
              "visibleText": lines, "language": language}
    return _still(f"printed-{language}", "describe", picture, answer, {"type": "/objects/0/name", "text": "/visibleText", "language": "/language"})


def _board(rng):
    picture = Picture(rng, 10, 9, tuple(rng.randint(236, 255) for _ in range(3)))
    style = picture.style()
    pen = rng.choice(((20, 20, 40), (10, 40, 140), (150, 20, 30), (10, 90, 50)))
    style = (*style[:4], pen if rng.random() < .6 else style[4])
    width = rng.randint(2, 4)
    wobble = lambda: rng.randint(-2, 2)
    slots = sorted(rng.sample(range(6), rng.randint(2, 5)))
    names = dict(zip(slots, rng.sample(COMPONENTS, len(slots))))
    kinds = {}
    for slot in slots:
        kinds[slot] = rng.choice(("service", "service", "data", "process"))
        left, row = (slot % 2) * 192 + picture.dx, 1 + 3 * (slot // 2)
        x0, y0, x1, y1 = left + 4 + wobble(), row * BLOCK - 12 + wobble(), left + 124 + wobble(), row * BLOCK + 44 + wobble()
        if kinds[slot] == "service":
            corners = [(x0, y0), (x1, y0 + wobble()), (x1 + wobble(), y1), (x0 + wobble(), y1 + wobble())]
            picture.draw.line([*corners, corners[0], corners[1]], fill=pen, width=width, joint="curve")
        elif kinds[slot] == "process":
            picture.draw.ellipse((x0 - 6, y0 - 4, x1 + 6, y1 + 4), outline=pen, width=width)
        else:
            picture.draw.ellipse((x0, y0 - 10, x1, y0 + 8), outline=pen, width=width)
            picture.draw.arc((x0, y1 - 10, x1, y1 + 8), 0, 180, fill=pen, width=width)
            picture.draw.line([(x0, y0), (x0, y1)], fill=pen, width=width)
            picture.draw.line([(x1, y0), (x1, y1)], fill=pen, width=width)
        column = (slot % 2) * 12 + max(0, (8 - len(names[slot])) // 2)
        picture.text(row, column, names[slot], style)
        for block in range(4):
            picture.things[row, (slot % 2) * 6 + block] = picture.things[row - 1, (slot % 2) * 6 + block] = \
                THING[kinds[slot]]
    connections = []
    for slot in slots:
        for other, along in ((slot + 1, "x") if slot % 2 == 0 else (None, ""), (slot + 2, "y")):
            if other not in names or rng.random() < .3:
                continue
            forward = rng.random() < .6
            row = 1 + 3 * (slot // 2)
            if along == "x":
                y = row * BLOCK + 16 + rng.randint(-6, 6)
                start, end = (132 + picture.dx, y), (188 + picture.dx, y + wobble())
            else:
                x = (slot % 2) * 192 + 64 + rng.randint(-10, 10)
                start, end = (x, row * BLOCK + 50), (x + wobble(), row * BLOCK + 80)
            if not forward:
                start, end = end, start
            _arrow(picture, start, end, pen, width)
            picture.thing((start[0] + end[0]) / 2, (start[1] + end[1]) / 2, "line")
            name = ("right" if forward else "left") if along == "x" else ("down" if forward else "up")
            tip = 10 if along == "x" else 4
            picture.thing(end[0] - tip * (end[0] > start[0]) + tip * (end[0] < start[0]) if along == "x" else end[0],
                          end[1] if along == "x" else end[1] - tip * (end[1] > start[1]) + tip * (end[1] < start[1]), name)
            source, target = (slot, other) if forward else (other, slot)
            connections.append((source, target))
    return picture, slots, names, kinds, sorted(connections)


def _outgoing(picture, connections):
    """What every block shows, with the arrows that leave a box in place of its kind."""
    things = picture.things.copy()
    for slot in {a for a, _ in connections}:
        sides = sum({-2: 1, -1: 2, 1: 4, 2: 8}[b - a] for a, b in connections if a == slot)
        row, column = 1 + 3 * (slot // 2), slot % 2 * 6
        things[row - 1:row + 1, column:column + 4] = THING[f"out {sides}"]
    return things


def _arrow(picture, start, end, pen, width):
    dx, dy = end[0] - start[0], end[1] - start[1]
    length = max(1, (dx * dx + dy * dy) ** .5)
    ux, uy = dx / length, dy / length
    picture.draw.line([start, end], fill=pen, width=width)
    size = 12
    for side in (-1, 1):
        picture.draw.line([end, (end[0] - ux * size + side * uy * size * .6, end[1] - uy * size - side * ux * size * .6)], fill=pen, width=width)


def _board_summary(slots, names):
    return f"A sketch of {', '.join(names[s] for s in slots)}."


def whiteboard(rng):
    picture, slots, names, kinds, connections = _board(rng)
    targets = {s: [names[b] for a, b in connections if a == s] for s in slots}
    answer = {
        "summary": _board_summary(slots, names),
        "components": [{"name": names[s], "kind": kinds[s], "description": f"to {', '.join(targets[s])}" if targets[s] else ""} for s in slots],
        "connections": [{"source": names[a], "target": names[b], "label": None} for a, b in connections],
        "notes": [], "python": "",
    }
    return _still("whiteboard", "whiteboard", picture, answer, {
        "components": "/components/*/name", "kinds": "/components/*/kind", "connections": ["/connections/*/source", "/connections/*/target"]},
        second=_outgoing(picture, connections))


def diagram(rng):
    """A whiteboard under the task for any picture."""
    picture, slots, names, _, connections = _board(rng)
    answer = {"summary": _board_summary(slots, names),
              "objects": [{"name": "box", "count": len(slots), "description": ""}],
              "visibleText": [names[s] for s in slots], "language": "en"}
    return _still("diagram", "describe", picture, answer, {"text": "/visibleText", "counts": "/objects/0/count"},
                  second=_outgoing(picture, connections))


SPOTS = {"left": (30, 64), "right": (98, 64), "top": (64, 30), "bottom": (64, 98), "center": (64, 64)}


def _a(name):
    return f"{'an' if name[0] in 'aeiou' else 'a'} {name}"


def clip(rng):
    """Shapes that move, appear, vanish or change colour, and texts that come: one frame a second, what happens at whole seconds."""
    seconds = rng.choice((6, 8, 10))
    paper = tuple(rng.randint(225, 255) for _ in range(3))
    colour, kind = rng.choice(list(COLOURS)), rng.choice(SHAPES)
    style = Picture(rng, 4, 4).style()
    name = f"{colour} {kind}"
    sign = rng.choice(SIGNS) if rng.random() < .4 else None
    wanted = rng.sample(("move", "turn", "second", "vanish"), rng.randint(1, 2))
    wanted = [w for w in ("move", "turn", "second", "vanish") if w in wanted]
    rng.shuffle(wanted)
    if "vanish" in wanted:
        wanted.remove("vanish"); wanted.append("vanish")
    count = len(wanted) + (sign is not None)
    times = sorted(rng.sample(range(1, seconds - 1), count))
    rng.shuffle(order := wanted + (["sign"] if sign else []))
    if "vanish" in order:
        order.remove("vanish"); order.append("vanish")
    direction = rng.choice(("right", "left", "down", "up"))
    moves = "move" in wanted
    begin, end = {"right": ("left", "right"), "left": ("right", "left"), "down": ("top", "bottom"), "up": ("bottom", "top")}[direction]
    if not moves:
        begin = end = rng.choice(("left", "right", "center", "top"))
    second = rng.choice([f"{c} {s}" for c in COLOURS for s in SHAPES if c != colour and s != kind])
    free = [spot for spot in ("left", "right", "top", "bottom") if spot not in (begin, end) and not (sign and spot in ("bottom",))
            and not (begin == "center")] or ["right"]
    if moves and direction in ("right", "left"):
        free = ["top"]
    elif moves:
        free = ["left", "right"]
    spot = rng.choice(free)
    turned = rng.choice([c for c in COLOURS if c != colour])
    radius = rng.randint(15, 21)
    jitter = rng.randint(-6, 6), rng.randint(-6, 6)
    started = dict(zip(order, times))
    events, now = [], name
    for what in order:
        time = started[what]
        if what == "move":
            events.append((time, f"the {now} moves {direction}"))
        elif what == "turn":
            events.append((time, f"the {now} turns {turned}"))
            now = f"{turned} {kind}"
        elif what == "second":
            events.append((time, f"{_a(second)} appears"))
        elif what == "vanish":
            events.append((time, f"the {now} disappears"))
        else:
            events.append((time, f"the text {sign} appears"))
    frames, marks, seen, trace = [], [], [], []
    for t in range(seconds):
        picture = Picture(rng, 4, 4, paper)
        picture.dx = picture.dy = 0
        along = 0 if not moves else max(0, min(1, (t - started["move"]) / 2))
        x, y = (SPOTS[begin][i] + along * (SPOTS[end][i] - SPOTS[begin][i]) + jitter[i] for i in (0, 1))
        if "second" in started and t >= started["second"]:
            c, s = second.split()
            picture.shape(s, c, SPOTS[spot][0] + jitter[1], SPOTS[spot][1] - jitter[0], radius)
        shown = []
        if not ("vanish" in started and t >= started["vanish"]):
            colour_now = turned if "turn" in started and t >= started["turn"] else colour
            picture.shape(kind, colour_now, x, y, radius)
            shown.append(f"{colour_now} {kind} {begin if along == 0 else end if along == 1 else 'center'}")
        if "second" in started and t >= started["second"]:
            shown.append(f"{second} {spot}")
        if sign and t >= started["sign"]:
            shown.append(sign)
            picture.text(3 if direction in ("right", "left") or not moves else 1, max(0, (8 - len(sign)) // 2), sign, style)
        trace.append(f"{t} {', '.join(shown) or 'none'}.")
        marks.append(picture.cells)
        seen.append(picture.things)
        frames.append(picture.image)
    seed = np.random.default_rng(rng.getrandbits(32))
    noise, light = seed.uniform(0, 4) * drawing.NOISE, seed.uniform(-10, 5)
    frames = [Image.fromarray((np.asarray(f, np.float32) + light + seed.normal(0, noise, np.asarray(f).shape)).clip(0, 255).astype(np.uint8)) for f in frames]
    objects = [name] + ([second] if "second" in wanted else [])
    answer = {
        "summary": " ".join(trace),
        "chapters": [{"start": 0, "end": seconds, "title": "Shapes", "summary": ""}],
        "events": [{"time": time, "description": text} for time, text in events],
        "people": [],
        "objects": [{"name": thing, "description": ""} for thing in objects],
        "visibleText": [{"time": started["sign"], "text": sign}] if sign else [],
        "transcript": [],
    }
    before = (f"This is the clip 0.0–{seconds}.0 s of a video of {seconds}.0 s, as {seconds} frames with their times. "
              "All times are in seconds from the start of the video.")
    after = ""
    if rng.random() < .5:
        silence = rng.choice(("none", f"0.0–{seconds}.0 s", f"0.0–{rng.randint(1, seconds - 1)}.{rng.randint(0, 9)} s"))
        loud = "none, it is silent" if silence.startswith(f"0.0–{seconds}") else f"-{rng.randint(9, 40)}.{rng.randint(0, 9)} LUFS"
        after = (f"Measured of the sound: loudness {loud}; silence at {silence}; probably speech at none."
                 "There is no transcript of the sound: only what was measured is known of it. Do not guess what was said.")
    return Item("clip", "video", frames, answer, np.stack([np.maximum(marks[i], marks[i + 1]) for i in range(0, seconds, 2)]),
                np.stack([np.stack([seen[i], seen[i + 1]], -1) for i in range(0, seconds, 2)]), before, after, {
                    "order and direction": "/events/*/description", "times": {"pointer": "/events/*/time", "tolerance": 0.5},
                    "objects": "/objects/*/name", "text": "/visibleText/*/text"}, seconds)


MAKERS = {"shapes": shapes, "document": document, "printed": printed, "text": text, "pages": pages, "whiteboard": whiteboard, "diagram": diagram, "clip": clip}


def make(kind, seed):
    return MAKERS[kind](random.Random(f"{kind}/{seed}"))
