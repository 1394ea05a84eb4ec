"""Compares the training mathematics with transformers' own: check.py RUN_FOLDER. Prompts go through transformers' processors."""
import sys
import numpy as np
import torch
from transformers import PreTrainedTokenizerFast
from transformers.models.qwen2_vl.image_processing_pil_qwen2_vl import Qwen2VLImageProcessorPil
from transformers.models.qwen3_vl.processing_qwen3_vl import Qwen3VLProcessor
from transformers.models.qwen3_vl.video_processing_qwen3_vl import Qwen3VLVideoProcessor
from transformers.video_utils import VideoMetadata
import batches, items
from model import create, read, see
from prompts import load_tokenizer, prefix, question
from train_nano import instructions


def processed(tokenizer, item, answer=""):
    """An item's prompt as transformers' processors make it."""
    size = dict(shortest_edge=4096, longest_edge=2 ** 24)
    common = dict(patch_size=16, temporal_patch_size=2, merge_size=2, image_mean=[.5] * 3, image_std=[.5] * 3, size=size)
    processor = Qwen3VLProcessor(
        image_processor=Qwen2VLImageProcessorPil(**common), video_processor=Qwen3VLVideoProcessor(**common, do_sample_frames=False),
        tokenizer=PreTrainedTokenizerFast(tokenizer_object=tokenizer, eos_token="<|im_end|>", pad_token="<|endoftext|>"))
    if not item.frames:
        return processor(text=[prefix(item.task) + question(item, 0, 0) + answer], return_tensors="pt")
    pad = "<|video_pad|>" if item.seconds else "<|image_pad|>"
    text = (f"{prefix(item.task)}<|im_start|>user\n{item.before}<|vision_start|>{pad}<|vision_end|>{item.after}<|im_end|>\n"
            f"<|im_start|>assistant\n<think>\n\n</think>\n\n{answer}")
    media = dict(images=item.frames)
    if item.seconds:
        count = len(item.frames)
        media = dict(videos=[np.stack([np.asarray(f) for f in item.frames])], videos_kwargs=dict(do_sample_frames=False),
                     video_metadata=[VideoMetadata(total_num_frames=count, fps=1, frames_indices=list(range(count)), duration=count)])
    return processor(text=[text], return_tensors="pt", **media)


def main():
    torch.set_float32_matmul_precision("highest")
    tokenizer = load_tokenizer(sys.argv[1])
    model = create(tokenizer).eval()
    for kind in items.MAKERS:
        item = items.make(kind, "check")
        answer = items.compact(item.answer) + "<|im_end|>"
        inputs = processed(tokenizer, item, answer)
        expected_ids = inputs["input_ids"][0].tolist()
        start = tokenizer.encode(prefix(item.task), add_special_tokens=False).ids
        batch = batches.collate(tokenizer, [item], {item.task: len(start)})
        asked = len(expected_ids) - len(start)   # a batch is filled up
        batch["ids"], batch["positions"] = batch["ids"][:, :asked], batch["positions"][:, :, :asked]
        assert start + batch["ids"][0].tolist() == expected_ids, (kind, "token ids differ")
        with torch.no_grad():
            expected = model(**inputs).logits[0, len(start):]
            places, _ = model.model.get_rope_index(
                inputs["input_ids"], mm_token_type_ids=inputs.get("mm_token_type_ids"), image_grid_thw=inputs.get("image_grid_thw"),
                video_grid_thw=inputs.get("video_grid_thw"), attention_mask=inputs["attention_mask"])
            assert (places[:, 0, len(start):] == batch["positions"][:, 0]).all(), (kind, "positions differ")
            prefixes = {}
            instructions(model, {item.task: start}, item.task, prefixes)
            embeddings = model.model.language_model.embed_tokens(batch["ids"])
            media = (batch["ids"] == model.config.image_token_id) | (batch["ids"] == model.config.video_token_id)
            if item.frames:
                embeddings = embeddings.masked_scatter(media[..., None], see(model, batch["pixels"]).reshape(-1, embeddings.shape[-1]))
            hidden, _, _ = read(model, embeddings, batch["positions"], prefixes[item.task][0])
            difference = (model.lm_head(hidden[0]) - expected).abs().max().item()
        print(f"{kind:11} {len(expected_ids)} tokens, logits differ by at most {difference:.2e} of {expected.abs().max():.2f}")
        assert difference < 1e-3, kind


if __name__ == "__main__":
    main()
