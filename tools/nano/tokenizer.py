"""Makes the tokenizer from the prompts, the answers and all words: tokenizer.py OUT_FILE [TEXT_FILE...]."""
import sys
import items
from prompts import system, train_tokenizer
from words import COLOURS, COMPONENTS, GOODS, LABELS, PARTIES, PLACES, SHAPES, SIGNS, TITLES


def texts(files):
    for kind in items.MAKERS:
        for seed in range(300):
            item = items.make(kind, seed)
            yield from [items.compact(item.answer)] * 6
            yield from (item.before, item.after)
    words = [*COLOURS, *SHAPES, *PLACES, *COMPONENTS, *SIGNS]
    for language in ("en", "ja"):
        for part in (TITLES, PARTIES, GOODS):
            words += part[language]
        for part in LABELS[language].values():
            words += part
    for word in words:
        yield from [word, f" {word}", f'"{word}"'] * 50
    for task in ("describe", "document", "video", "whiteboard", "audio"):
        yield from [system(task)] * 6 + [system(task, "synthesis")] * 2
    for file in files:
        yield open(file).read()


if __name__ == "__main__":
    train_tokenizer(texts(sys.argv[2:])).save(sys.argv[1])
