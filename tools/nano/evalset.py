"""Writes the evaluation set of held-out items: evalset.py FOLDER. Needs Pillow, numpy and ffmpeg only."""
import json, pathlib, subprocess, sys
import drawing, items

COUNTS = {"shapes": 100, "document": 100, "whiteboard": 100, "clip": 100, "printed": 40, "diagram": 20}


def encode(frames, file, sound=None):
    """One frame a second, shown at four frames a second."""
    width, height = frames[0].size
    command = ["ffmpeg", "-y", "-loglevel", "error", "-f", "rawvideo", "-pix_fmt", "rgb24", "-s", f"{width}x{height}", "-framerate", "1", "-i", "-"]
    command += sound or []
    command += ["-r", "4", "-c:v", "libx264", "-preset", "veryslow", "-crf", "20", "-pix_fmt", "yuv420p", "-bitexact", "-movflags", "+faststart"]
    command += ["-c:a", "aac", "-b:a", "32k", "-t", str(len(frames))] if sound else ["-an"]
    subprocess.run([*command, str(file)], input=b"".join(frame.tobytes() for frame in frames), check=True)


def main():
    folder = pathlib.Path(sys.argv[1])
    folder.mkdir(parents=True, exist_ok=True)
    drawing.NOISE = False   # noise does not compress
    lines = []
    for kind, count in COUNTS.items():
        for number in range(1, count + 1):
            item = items.make(kind, f"eval/{number}")
            item_id = f"{kind}-{number:03}"
            media = f"{item_id}.{'mp4' if item.seconds else 'png'}"
            if item.seconds:
                encode(item.frames, folder / media)
            else:
                item.frames[0].quantize(64, dither=0).convert("P").save(folder / media, optimize=True)
            lines.append(items.compact({"id": item_id, "kind": item.kind, "media": media, "task": item.task,
                                  "expected": item.answer, "fields": item.fields}))
    (folder / "items.jsonl").write_text("\n".join(lines) + "\n")


if __name__ == "__main__":
    main()
