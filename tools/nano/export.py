"""Writes the weights of a run as a Hugging Face checkpoint in bfloat16: export.py RUN_FOLDER MODEL_FOLDER [model|mean]; mean: averaged over the last steps."""
import json, pathlib, shutil, sys
import torch
from model import create
from prompts import load_tokenizer


def main():
    run, out = map(pathlib.Path, sys.argv[1:3])
    model = create(load_tokenizer(run))
    model.load_state_dict(torch.load(run / "checkpoint.pt")[sys.argv[3] if len(sys.argv) > 3 else "mean"])
    model.generation_config.eos_token_id = model.config.text_config.eos_token_id
    model.to(torch.bfloat16).save_pretrained(out)
    shutil.copy(run / "tokenizer.json", out)
    (out / "tokenizer_config.json").write_text(json.dumps(
        {"backend": "tokenizers", "eos_token": "<|im_end|>", "pad_token": "<|endoftext|>", "tokenizer_class": "TokenizersBackend"}, indent=2) + "\n")
    print(f"{sum(file.stat().st_size for file in out.iterdir()) / 1e6:.2f} MB in {out}")


if __name__ == "__main__":
    main()
