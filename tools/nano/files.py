"""Items as files: pictures, clips, PDF, Markdown."""
import subprocess, zlib


def encode(frames, file, sound=None):
    """One frame a second, shown at four frames a second."""
    width, height = frames[0].size
    command = ["ffmpeg", "-y", "-loglevel", "error", "-f", "rawvideo", "-pix_fmt", "rgb24", "-s", f"{width}x{height}", "-framerate", "1", "-i", "-"]
    command += sound or []
    command += ["-r", "4", "-c:v", "libx264", "-preset", "veryslow", "-crf", "20", "-pix_fmt", "yuv420p", "-bitexact", "-movflags", "+faststart"]
    command += ["-c:a", "aac", "-b:a", "32k", "-t", str(len(frames))] if sound else ["-an"]
    subprocess.run([*command, str(file)], input=b"".join(frame.tobytes() for frame in frames), check=True)


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


def write(item, file, sound=None):
    """Writes an item's media as a file of its kind."""
    if item.text:
        file.write_text(item.text)
    elif item.sheets:
        pdf(item.sheets, file)
    elif item.seconds:
        encode(item.frames, file, sound)
    elif file.suffix == ".jpg":
        item.frames[0].save(file, quality=92, subsampling=0)
    else:
        item.frames[0].quantize(64, dither=0).save(file, optimize=True)


def ending(item):
    return ".md" if item.text else ".pdf" if item.sheets else ".mp4" if item.seconds else ".png"
