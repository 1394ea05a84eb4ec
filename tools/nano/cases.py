"""Writes what transformers computes for some items, for `qwen35batch model verify`: cases.py MODEL_FOLDER CASE_FOLDER."""
import json, pathlib, sys
import torch
from safetensors.torch import save_file
from transformers import AutoModelForImageTextToText
import items
from check import processed
from prompts import load_tokenizer

WHOLE, SMALL, NEW = 2, 18, 40


def small(number):
    """A corner of a picture: the mathematics is the same, the file a quarter of the size."""
    item = items.make("shapes", f"case/{number}")
    item.frames = [item.frames[0].crop((0, 0, 128, 128))]
    return item


@torch.no_grad()
def case(model, tokenizer, item):
    inputs = processed(tokenizer, item)
    ids = inputs["input_ids"]
    positions, delta = model.model.get_rope_index(
        ids, mm_token_type_ids=inputs["mm_token_type_ids"], image_grid_thw=inputs["image_grid_thw"], attention_mask=inputs["attention_mask"])
    answer = model.generate(**inputs, max_new_tokens=NEW, do_sample=False, eos_token_id=None, pad_token_id=0)
    types = torch.cat([inputs["mm_token_type_ids"], torch.zeros(1, NEW, dtype=inputs["mm_token_type_ids"].dtype)], 1)
    logits = model(input_ids=answer, pixel_values=inputs["pixel_values"], image_grid_thw=inputs["image_grid_thw"], mm_token_type_ids=types).logits[0]
    best = logits[ids.shape[1] - 1:-1].topk(2, -1).values
    pixels = ((inputs["pixel_values"] * 0.5 + 0.5) * 255).round().clamp(0, 255).to(torch.uint8)
    return {
        "input_ids": ids[0].int(), "position_ids": positions[:, 0].int(), "rope_delta": delta.reshape(-1).int(),
        "logits": logits[ids.shape[1] - 1:ids.shape[1]].float(), "greedy_ids": answer[0, ids.shape[1]:].int(), "greedy_gap": (best[:, 0] - best[:, 1]).float(),
        "image_grid_thw": inputs["image_grid_thw"].int(), "pixel_values_u8": pixels,
        "image_embeds": torch.cat([e.float() for e in model.model.get_image_features(inputs["pixel_values"], inputs["image_grid_thw"]).pooler_output]),
    }


def main():
    folder, out = sys.argv[1], pathlib.Path(sys.argv[2])
    out.mkdir(parents=True, exist_ok=True)
    tokenizer = load_tokenizer(folder)
    model = AutoModelForImageTextToText.from_pretrained(folder, dtype=torch.float32, attn_implementation="eager").eval()
    made = [items.make("shapes", f"case/{i}") for i in range(WHOLE)] + [small(i) for i in range(WHOLE, WHOLE + SMALL)]
    for number, item in enumerate(made):
        tensors = case(model, tokenizer, item)
        name = f"shapes-{number:02}"
        save_file({key: value.contiguous() for key, value in tensors.items()}, out / f"{name}.safetensors")
        (out / f"{name}.json").write_text(json.dumps({"name": name, "greedy_text": tokenizer.decode(tensors["greedy_ids"].tolist(), skip_special_tokens=False)}, indent=1) + "\n")
        print(name, f"{tensors['greedy_gap'].min():.4f}", flush=True)


if __name__ == "__main__":
    main()
