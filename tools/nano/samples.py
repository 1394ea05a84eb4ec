"""Draws the demo's media: samples.py FOLDER. Needs Pillow, numpy and ffmpeg only. The seeds are items that the model answers rightly."""
import pathlib, random, sys, zlib
import drawing, items
from evalset import encode

SHAPES, BOARD, RECEIPT, CLIP, PAGES = "28", "sample/1", "sample/1", "sample/1", ("sample/2", "sample/3")


def pdf(pictures, file):
    """A scanned document: one picture a page, 200 dots an inch."""
    objects = ["<</Type/Catalog/Pages 2 0 R>>".encode(), b""]
    kids = []
    for picture in pictures:
        width, height = (side * 72 / 200 for side in picture.size)
        number = len(objects) + 1
        kids.append(f"{number} 0 R")
        content = f"{width} 0 0 {height} 0 0 cm /P Do".encode()
        data = zlib.compress(picture.tobytes(), 9)
        objects += [
            f"<</Type/Page/Parent 2 0 R/MediaBox[0 0 {width} {height}]/Resources<</XObject<</P {number + 2} 0 R>>>>/Contents {number + 1} 0 R>>".encode(),
            f"<</Length {len(content)}>>stream\n".encode() + content + b"\nendstream",
            (f"<</Type/XObject/Subtype/Image/Width {picture.width}/Height {picture.height}/ColorSpace/DeviceRGB/BitsPerComponent 8"
             f"/Filter/FlateDecode/Length {len(data)}>>stream\n").encode() + data + b"\nendstream",
        ]
    objects[1] = f"<</Type/Pages/Count {len(kids)}/Kids[{' '.join(kids)}]>>".encode()
    body, places = b"%PDF-1.4\n", []
    for number, content in enumerate(objects, 1):
        places.append(len(body))
        body += f"{number} 0 obj\n".encode() + content + b"\nendobj\n"
    table = f"xref\n0 {len(objects) + 1}\n0000000000 65535 f \n" + "".join(f"{place:010} 00000 n \n" for place in places)
    file.write_bytes(body + table.encode() + f"trailer\n<</Size {len(objects) + 1}/Root 1 0 R>>\nstartxref\n{len(body)}\n%%EOF\n".encode())


def document(seed, language):
    return items.document(random.Random(seed), language).frames[0]


def main():
    folder = pathlib.Path(sys.argv[1])
    drawing.NOISE = False
    items.make("shapes", f"sample/{SHAPES}").frames[0].save(folder / "shapes.jpg", quality=92, subsampling=0)
    items.make("whiteboard", BOARD).frames[0].save(folder / "whiteboard.png", optimize=True)
    document(RECEIPT, "ja").save(folder / "receipt-ja.png", optimize=True)
    pdf([document(PAGES[0], "en"), document(PAGES[1], "ja")], folder / "invoice.pdf")
    clip = items.make("clip", CLIP).frames
    encode(clip, folder / "clip.mp4", ["-f", "lavfi", "-i", f"sine=frequency=440:duration={len(clip) / 2}"])


if __name__ == "__main__":
    main()
