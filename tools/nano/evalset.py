"""Writes the evaluation set of held-out items: evalset.py FOLDER [SEED]; without a seed, that of samples/eval.

Needs Pillow, numpy, tokenizers and ffmpeg.
"""
import pathlib, sys
import drawing, items
from files import ending, write

COUNTS = {"shapes": 100, "document": 100, "whiteboard": 100, "clip": 100, "printed": 100, "diagram": 100, "text": 100, "pages": 20}


def main():
    folder, seed = pathlib.Path(sys.argv[1]), sys.argv[2] if len(sys.argv) > 2 else "eval"
    folder.mkdir(parents=True, exist_ok=True)
    drawing.NOISE = False   # noise does not compress
    lines = []
    for kind, count in COUNTS.items():
        for number in range(1, count + 1):
            item = items.make(kind, f"{seed}/{number}")
            item_id = f"{kind}-{number:03}"
            media = folder / f"{item_id}{ending(item)}"
            write(item, media)
            lines.append(items.compact({"id": item_id, "kind": item.kind, "media": media.name, "task": item.task.split("/")[0],
                                        "expected": item.answer, "fields": item.fields}))
    (folder / "items.jsonl").write_text("\n".join(lines) + "\n")


if __name__ == "__main__":
    main()
