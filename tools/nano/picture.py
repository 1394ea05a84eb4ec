"""Draws what the model says of the demo's samples: picture.py INSIGHTS_JSONL OUT_PNG, after samples.py and a run over its files."""
import json, math, pathlib, sys, textwrap
from PIL import Image, ImageDraw, ImageFont
import drawing
from samples import made

WIDTH, MARGIN, GAP, PICTURE, LINE = 1640, 24, 20, 240, 21
INK, MUTED, PAPER, CARD, FOUND = (28, 32, 40), (96, 104, 118), (246, 247, 249), (255, 255, 255), (214, 88, 40)
MONO, NAME = drawing.font("NotoSansCJK-Regular.ttc", 15), drawing.font("NotoSansCJK-Bold.ttc", 17)


def marked(picture, boxes):
    """A picture with frames around the places where fields were found."""
    picture = picture.convert("RGB")
    draw = ImageDraw.Draw(picture)
    for box in boxes:
        left, top = box["left"] * picture.width, box["top"] * picture.height
        draw.rectangle((left - 2, top - 2, left + box["width"] * picture.width + 2, top + box["height"] * picture.height + 2),
                       outline=FOUND, width=max(2, picture.width // 250))
    return picture


def boxes(entries, page):
    """The boxes of a page's fields; of all fields when page is None."""
    return [box for entry in entries for citation in entry["citations"] if citation.get("box") and page in (None, citation.get("page"))
            for box in citation.get("boxes") or [citation["box"]]]


def sure(field):
    """Cut off and not rounded: what is not certain is not shown as 1."""
    probability = field.get("probability")
    return "not calibrated" if probability is None else f"probability {math.floor(probability * 1000) / 1000:.3f}"


def found(entries, most=3):
    """Some fields with their places and probabilities, and the least sure one."""
    for entry in entries:
        fields = [field for field in entry.get("fields", []) if field.get("grounded") and field["citations"]]
        for field in fields[:most]:
            place = entry["citations"][field["citations"][0]]
            box, line = place.get("box"), (place.get("lines") or [None])[0]
            where = f"{box['left']:.0%}, {box['top']:.0%}" if box else f"line {line['line']}" if line else place.get("address", "")
            yield f"{field['pointer']}: at {where} ({place['method']}), {sure(field)}"
        known = [field for field in entry.get("fields", []) if field.get("probability") is not None]
        if known:
            least = min(known, key=lambda field: field["probability"])
            yield f"least sure is {least['pointer']}: {sure(least)}"


def shown(item, entries):
    """The pictures of an item, as one."""
    if item.text:
        page = Image.new("RGB", (PICTURE, 8 + 23 * item.text.count("\n")), PAPER)
        ImageDraw.Draw(page).multiline_text((12, 8), item.text, font=MONO, fill=INK, spacing=2)
        return page
    pictures = item.sheets or item.frames
    if item.kind != "clip":
        pictures = [marked(picture, boxes(entries, number + 1 if len(pictures) > 1 else None)) for number, picture in enumerate(pictures)]
    columns = 1 if len(pictures) == 1 else 2 if len(pictures) == 2 else 3
    side = (PICTURE - 4 * (columns - 1)) // columns
    small = [picture.resize((side, round(side * picture.height / picture.width)), Image.LANCZOS) for picture in pictures]
    rows = -(-len(small) // columns)
    sheet = Image.new("RGB", (PICTURE, rows * (small[0].height + 4) - 4), CARD)
    for number, picture in enumerate(small):
        sheet.paste(picture, (number % columns * (side + 4), number // columns * (small[0].height + 4)))
    return sheet


def said(insight, characters):
    """A line or a few for every field; what is empty is left out."""
    for name, value in insight.items():
        if value in ([], "", None):
            continue
        parts = value if isinstance(value, list) else [value]
        text = "  ".join(json.dumps({k: v for k, v in part.items() if v not in ([], "", None)} if isinstance(part, dict) else part, ensure_ascii=False)
                         for part in parts).replace('{"', "{").replace('": ', ": ").replace(', "', ", ")
        yield from textwrap.wrap(f"{name}: {text}", characters, subsequent_indent="    ")


def main():
    drawing.NOISE = False
    insights = {}
    for line in pathlib.Path(sys.argv[1]).read_text().splitlines():
        entry = json.loads(line)
        insights.setdefault(pathlib.Path(entry["source"]).name, []).append(entry)
    column = (WIDTH - 2 * MARGIN - GAP) // 2
    cards = []
    for name, item in made().items():
        picture, lines = shown(item, insights[name]), []
        pages = [entry for entry in insights[name] if entry["segment"].get("page")]
        for entry in pages or insights[name]:
            if pages:
                lines.append(f"page {entry['segment']['page']}")
            lines += said(entry["insight"], 56)
            lines += [part for line in found([entry]) for part in textwrap.wrap(line, 56, subsequent_indent="    ")]
        card = Image.new("RGB", (column, max(picture.height + 32, 48 + LINE * len(lines)) + 12), CARD)
        draw = ImageDraw.Draw(card)
        card.paste(picture, (16, 16))
        draw.text((PICTURE + 36, 12), name, font=NAME, fill=INK)
        for number, line in enumerate(lines):
            draw.text((PICTURE + 36, 42 + LINE * number), line, font=MONO, fill=MUTED)
        cards.append(card)
    heights = [MARGIN, MARGIN]
    places = []
    for card in cards:
        side = heights.index(min(heights))
        places.append((MARGIN + side * (column + GAP), heights[side]))
        heights[side] += card.height + GAP
    sheet = Image.new("RGB", (WIDTH, max(heights) - GAP + MARGIN), PAPER)
    for card, place in zip(cards, places):
        sheet.paste(card, place)
    sheet.quantize(96, dither=0).save(sys.argv[2], optimize=True)


if __name__ == "__main__":
    main()
