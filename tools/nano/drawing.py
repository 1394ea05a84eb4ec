"""Pictures on a grid of 32 x 32 pixel blocks (one token of the model each), with what every block shows."""
import functools, math, os, unicodedata
import numpy as np
from PIL import Image, ImageChops, ImageDraw, ImageFont
from words import CELL, COLOURS, THING

BLOCK, HALF = 32, 16
NOISE = True
FOLDERS = ("/usr/share/fonts/truetype/dejavu", "/usr/share/fonts/opentype/noto")
LATIN = ("DejaVuSansMono.ttf", "DejaVuSansMono-Bold.ttf", "DejaVuSansCondensed.ttf", "DejaVuSerifCondensed.ttf",
         "DejaVuSansCondensed-Bold.ttf", "NotoSansCJK-Regular.ttc", "NotoSansCJK-Bold.ttc")
WIDE = ("NotoSansCJK-Regular.ttc", "NotoSansCJK-Bold.ttc", "NotoSerifCJK-Bold.ttc")


@functools.cache
def font(name, size):
    return ImageFont.truetype(next(f"{folder}/{name}" for folder in FOLDERS if os.path.exists(f"{folder}/{name}")), size)


@functools.lru_cache(8192)
def glyph(name, size, character):
    """A character as a mask on a canvas 48 high, with the place of its baseline fixed, and its width."""
    face = font(name, size)
    width = max(1, math.ceil(face.getlength(character)))
    mask = Image.new("L", (width + 8, 48), 0)
    ImageDraw.Draw(mask).text((4, 34), character, font=face, fill=255, anchor="ls")
    return mask, width


def is_wide(character):
    return unicodedata.east_asian_width(character) in "WF"


def cells(text):
    return sum(2 if is_wide(character) else 1 for character in text)


class Picture:
    def __init__(self, rng, columns, rows, paper=None):
        self.rng, self.columns, self.rows = rng, columns, rows
        self.paper = paper or tuple(rng.randint(225, 255) for _ in range(3))
        self.image = Image.new("RGB", (columns * BLOCK, rows * BLOCK), self.paper)
        self.draw = ImageDraw.Draw(self.image)
        self.cells = np.zeros((rows, columns, 2), np.int64)
        self.things = np.zeros((rows, columns), np.int64)
        self.dx, self.dy = rng.randint(-3, 3), rng.randint(-3, 3)

    def style(self):
        """Fonts for narrow and wide characters, and an ink."""
        name = self.rng.choice(LATIN)
        size = self.rng.randint(23, 26) if "Mono" in name else self.rng.randint(21, 24)
        return name, size, self.rng.choice(WIDE), self.rng.randint(25, 29), tuple(self.rng.randint(0, 70) for _ in range(3))

    def text(self, row, column, text, style):
        """Writes from a half block on, one half block a character (two for wide ones)."""
        narrow, size, broad, broad_size, ink = style
        dy = self.dy + self.rng.randint(-1, 1)
        for character in text:
            wide = is_wide(character)
            if character != " ":
                mask, width = glyph(*((broad, broad_size) if wide else (narrow, size)), character)
                x = column * HALF + self.dx + ((BLOCK if wide else HALF) - width) // 2 - 4
                self.image.paste(ink, (x, row * BLOCK + self.dy + dy - self.dy - 9), mask)
                self._mark(row, column, CELL[character])
                if wide:
                    self._mark(row, column + 1, 1)
            column += 2 if wide else 1
        return column

    def _mark(self, row, column, value):
        if 0 <= row < self.rows and 0 <= column < self.columns * 2:
            self.cells[row, column // 2, column % 2] = value

    def shape(self, kind, colour, x, y, radius):
        """Draws a shape around a place, and notes it in the blocks that it covers for the greater part or with its centre."""
        fill = tuple(max(0, min(255, c + self.rng.randint(-12, 12))) for c in COLOURS[colour])
        mask = shape_mask(kind, int(round(radius)))
        left, top = int(round(x)) - mask.width // 2, int(round(y)) - mask.height // 2
        self.image.paste(fill, (left, top), mask)
        for row in range(max(0, top // BLOCK), min(self.rows, (top + mask.height) // BLOCK + 1)):
            for column in range(max(0, left // BLOCK), min(self.columns, (left + mask.width) // BLOCK + 1)):
                covered_x = min(left + mask.width, (column + 1) * BLOCK) - max(left, column * BLOCK)
                covered_y = min(top + mask.height, (row + 1) * BLOCK) - max(top, row * BLOCK)
                if covered_x > 10 and covered_y > 10:
                    self.things[row, column] = THING[f"{colour} {kind}"]

    def thing(self, x, y, name):
        row, column = int(y) // BLOCK, int(x) // BLOCK
        if 0 <= row < self.rows and 0 <= column < self.columns:
            self.things[row, column] = THING[name]

    def finish(self):
        """Light and noise, as of a camera or a codec."""
        pixels = np.asarray(self.image, np.float32)
        seed = np.random.default_rng(self.rng.getrandbits(32))
        if self.rng.random() < 0.7:
            pixels = (pixels - 128) * seed.uniform(0.85, 1.05) + 128 + seed.uniform(-12, 6)
            if NOISE:
                pixels = pixels + seed.normal(0, seed.uniform(0, 5), pixels.shape)
        self.image = Image.fromarray(pixels.clip(0, 255).astype(np.uint8))
        return self.image


@functools.lru_cache(1024)
def shape_mask(kind, radius):
    scale = 4
    size = 2 * radius * scale
    mask = Image.new("L", (size, size), 0)
    draw = ImageDraw.Draw(mask)
    c = size / 2
    point = lambda angle, r: (c + r * math.sin(angle), c - r * math.cos(angle))
    if kind == "circle":
        draw.ellipse((0, 0, size - 1, size - 1), fill=255)
    elif kind == "square":
        draw.rectangle((size * .08, size * .08, size * .92, size * .92), fill=255)
    elif kind == "triangle":
        draw.polygon([(c, size * .04), (size * .98, size * .92), (size * .02, size * .92)], fill=255)
    elif kind == "star":
        draw.polygon([point(math.pi * i / 5, c if i % 2 == 0 else c * .42) for i in range(10)], fill=255)
    elif kind == "cross":
        draw.rectangle((size * .34, 0, size * .66, size), fill=255)
        draw.rectangle((0, size * .34, size, size * .66), fill=255)
    else:
        draw.ellipse((0, 0, size - 1, size - 1), fill=255)
        draw.ellipse((size * .28, size * .28, size * .72, size * .72), fill=0)
    return mask.resize((2 * radius, 2 * radius), Image.LANCZOS)
