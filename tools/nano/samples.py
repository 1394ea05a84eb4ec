"""Draws the demo's media: samples.py FOLDER. Needs Pillow, numpy and ffmpeg only. The seeds are of items that the model answers rightly."""
import pathlib, random, sys
import drawing, items
from files import write

SHAPES, BOARD, RECEIPT, CLIP, PAGES, ORDER = "5", "8", "7", "14", "7", "19"


def made():
    """The items, by file name."""
    drawing.NOISE = False
    make = lambda kind, seed, *language: items.MAKERS[kind](random.Random(f"{kind}/sample/{seed}"), *language)
    return {
        "shapes.jpg": make("shapes", SHAPES),
        "whiteboard.png": make("diagram", BOARD),
        "receipt-ja.png": make("printed", RECEIPT, "ja"),
        "invoice.pdf": make("pages", PAGES, "en"),
        "order.md": make("text", ORDER, "en"),
        "clip.mp4": make("clip", CLIP),
    }


def main():
    folder = pathlib.Path(sys.argv[1])
    for name, item in made().items():
        write(item, folder / name, ["-f", "lavfi", "-i", f"sine=frequency=440:duration={(item.seconds or 0) / 2}"])


if __name__ == "__main__":
    main()
