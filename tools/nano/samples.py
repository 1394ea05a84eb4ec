"""Draws the demo's media: samples.py FOLDER. Needs Pillow, numpy and ffmpeg only. The seeds are of items that the model answers rightly."""
import pathlib, random, sys
import drawing, items
from files import encode, pdf

SHAPES, BOARD, RECEIPT, CLIP, PAGES, ORDER = "28", "1", "1", "1", "1", "1"


def main():
    folder = pathlib.Path(sys.argv[1])
    drawing.NOISE = False
    make = lambda kind, seed, *language: items.MAKERS[kind](random.Random(f"{kind}/sample/{seed}"), *language)
    make("shapes", SHAPES).frames[0].save(folder / "shapes.jpg", quality=92, subsampling=0)
    make("diagram", BOARD).frames[0].save(folder / "whiteboard.png", optimize=True)
    make("printed", RECEIPT, "ja").frames[0].save(folder / "receipt-ja.png", optimize=True)
    pdf(make("pages", PAGES, "en").sheets, folder / "invoice.pdf")
    (folder / "order.md").write_text(make("text", ORDER, "en").text)
    clip = make("clip", CLIP).frames
    encode(clip, folder / "clip.mp4", ["-f", "lavfi", "-i", f"sine=frequency=440:duration={len(clip) / 2}"])


if __name__ == "__main__":
    main()
