"""The model: Hugging Face transformers' Qwen3.5-MoE, and its mathematics written for many short sequences after one shared prefix on a CPU.

transformers holds the weights and is the reference (check.py compares both); its own loops over experts and within chunks take most of the
time at this size. Here all experts run as one matrix product, and the instructions, which are the same for all items of a task, run once a step.
"""
import math
import torch
from torch import nn
from torch.nn import functional as F
from transformers.models.qwen3_5_moe import Qwen3_5MoeConfig
from transformers.models.qwen3_5_moe.modeling_qwen3_5_moe import Qwen3_5MoeForConditionalGeneration
from transformers.vision_utils import get_vision_bilinear_indices_and_weights, get_vision_position_ids
from words import CELL_CLASSES, THINGS

HIDDEN, LAYERS, HEAD = 192, 8, 64
CHUNK = 16


def config(tokenizer):
    token = tokenizer.token_to_id
    return Qwen3_5MoeConfig(
        text_config=dict(
            vocab_size=2048, hidden_size=HIDDEN, num_hidden_layers=LAYERS, num_attention_heads=4, num_key_value_heads=2, head_dim=HEAD,
            layer_types=["full_attention" if i % 4 == 3 else "linear_attention" for i in range(LAYERS)],
            linear_num_key_heads=4, linear_num_value_heads=4, linear_key_head_dim=48, linear_value_head_dim=48, linear_conv_kernel_dim=4,
            num_experts=8, num_experts_per_tok=2, moe_intermediate_size=40, shared_expert_intermediate_size=96, initializer_range=0.04,
            max_position_embeddings=32768, partial_rotary_factor=0.5, eos_token_id=token("<|im_end|>"), bos_token_id=None, pad_token_id=None,
            rope_parameters=dict(rope_type="default", rope_theta=10000.0, partial_rotary_factor=0.5, mrope_section=[6, 5, 5], mrope_interleaved=True)),
        vision_config=dict(
            depth=4, hidden_size=128, intermediate_size=384, num_heads=4, out_hidden_size=HIDDEN, patch_size=16, temporal_patch_size=2,
            spatial_merge_size=2, num_position_embeddings=256, in_channels=3, initializer_range=0.04),
        image_token_id=token("<|image_pad|>"), video_token_id=token("<|video_pad|>"), vision_start_token_id=token("<|vision_start|>"),
        vision_end_token_id=token("<|vision_end|>"), tie_word_embeddings=False)


def create(tokenizer, seed=1):
    torch.manual_seed(seed)
    model = Qwen3_5MoeForConditionalGeneration(config(tokenizer)).float()
    with torch.no_grad():
        for layer in model.model.language_model.layers:
            if hasattr(layer, "linear_attn"):
                # From a memory of hundreds of tokens to one of a few.
                layer.linear_attn.A_log.copy_(torch.tensor([0.005, 0.03, 0.2, 1.5]).log())
    return model


class Helpers(nn.Module):
    """What the vision tower is asked in training only: the characters and things in every block, and the block's place."""
    def __init__(self):
        super().__init__()
        self.cells = nn.Linear(HIDDEN, 2 * CELL_CLASSES)
        self.things = nn.Linear(HIDDEN, 2 * len(THINGS))
        self.place = nn.Linear(HIDDEN, 2 * 12)

    def forward(self, tokens, cells, things):
        """tokens [n, pairs, rows, columns, hidden]; returns the loss and the share of characters that are right"""
        shape = tokens.shape[:-1]
        guess = self.cells(tokens).view(*shape, 2, CELL_CLASSES)
        loss_cells = F.cross_entropy(guess.flatten(0, -2), cells.flatten(), reduction="none")
        weight = torch.where(cells.flatten() > 0, 1.0, 0.1)
        seen = self.things(tokens).view(*shape, 2, len(THINGS))
        loss_things = F.cross_entropy(seen.flatten(0, -2), things.flatten(), reduction="none")
        thing_weight = torch.where(things.flatten() > 0, 1.0, 0.2)
        place = self.place(tokens).view(*shape, 2, 12)
        rows = torch.arange(shape[2]).view(1, 1, -1, 1).expand(shape)
        columns = torch.arange(shape[3]).view(1, 1, 1, -1).expand(shape)
        loss_place = F.cross_entropy(place.flatten(0, -2), torch.stack([rows, columns], -1).flatten())
        loss = (loss_cells * weight).sum() / weight.sum() + (loss_things * thing_weight).sum() / thing_weight.sum() + 0.3 * loss_place
        right = lambda g, t: ((g.argmax(-1) == t) & (t > 0)).sum().item() / max(1, (t > 0).sum().item())
        return loss, right(guess, cells) if (cells > 1).any() else None, right(seen, things) if (things > 0).any() else None


_grids = {}


def _grid(vision, rows, columns):
    if (rows, columns) not in _grids:
        thw = torch.tensor([[1, 2 * rows, 2 * columns]])
        indices, weights = get_vision_bilinear_indices_and_weights(thw, num_grid_per_side=vision.num_grid_per_side, spatial_merge_size=2)
        angles = vision.rotary_pos_emb(get_vision_position_ids(thw, 2)).reshape(4 * rows * columns, -1)
        angles = torch.cat((angles, angles), -1)
        _grids[rows, columns] = indices, weights[:, :, None], angles.cos(), angles.sin()
    return _grids[rows, columns]


def _turn(x):
    half = x.shape[-1] // 2
    return torch.cat((-x[..., half:], x[..., :half]), -1)


def see(model, pixels):
    """The vision tower. pixels [n, pairs, frames, rows*32, columns*32, 3] as bytes; frames is 1 for a still picture, 2 else."""
    vision = model.model.visual
    n, pairs, frames, height, width, _ = pixels.shape
    rows, columns = height // 32, width // 32
    x = pixels.view(n * pairs, frames, rows, 2, 16, columns, 2, 16, 3).permute(0, 2, 5, 3, 6, 8, 1, 4, 7)
    x = x.reshape(n * pairs, rows * columns * 4, 3, frames, 256).float() / 127.5 - 1
    weight = vision.patch_embed.proj.weight.view(-1, 3, 2, 256)
    weight = weight.sum(2, keepdim=True) if frames == 1 else weight
    indices, bilinear, cos, sin = _grid(vision, rows, columns)
    x = F.linear(x.flatten(2), weight.flatten(1), vision.patch_embed.proj.bias) + (vision.pos_embed(indices) * bilinear).sum(0)
    heads = vision.blocks[0].attn.num_heads
    for block in vision.blocks:
        q, k, v = block.attn.qkv(block.norm1(x)).view(*x.shape[:2], 3, heads, -1).permute(2, 0, 3, 1, 4)
        q, k = q * cos + _turn(q) * sin, k * cos + _turn(k) * sin
        y = (q * q.shape[-1] ** -0.5 @ k.transpose(-1, -2)).softmax(-1) @ v
        x = x + block.attn.proj(y.transpose(1, 2).flatten(2))
        x = x + block.mlp(block.norm2(x))
    return vision.merger(x.reshape(-1, x.shape[-1])).view(n, pairs, rows, columns, -1)


class Inverse(torch.autograd.Function):
    """The inverse of unit lower triangular matrices."""
    @staticmethod
    def forward(ctx, lower):
        eye = torch.eye(lower.shape[-1]).expand_as(lower)
        inverse = torch.linalg.solve_triangular(lower, eye, upper=False, unitriangular=True)
        ctx.save_for_backward(inverse)
        return inverse

    @staticmethod
    def backward(ctx, gradient):
        (inverse,) = ctx.saved_tensors
        turned = inverse.transpose(-1, -2)
        return -(turned @ gradient @ turned)


def delta_rule(q, k, v, g, beta, state):
    """The gated delta rule by chunks. q, k, v [b, heads, s, d]; g, beta [b, heads, s]; state [b or 1, heads, d, d]. Returns the output and the last state."""
    length = q.shape[2]
    fill = -length % CHUNK
    q, k, v = (F.pad(x, (0, 0, 0, fill)).unflatten(2, (-1, CHUNK)) for x in (q, k, v))
    g, beta = (F.pad(x, (0, fill)).unflatten(2, (-1, CHUNK)) for x in (g, beta))
    q = q * q.shape[-1] ** -0.5
    g = g.cumsum(-1)
    k_beta, v_beta = k * beta[..., None], v * beta[..., None]
    decay = (g[..., :, None] - g[..., None, :]).tril().exp().tril()
    inner = ((k_beta @ k.transpose(-1, -2)) * decay).tril(-1)
    inverse = Inverse.apply(inner + torch.eye(CHUNK))
    values = inverse @ v_beta
    k_decay = inverse @ (k_beta * g.exp()[..., None])
    attention = (q @ k.transpose(-1, -2)) * decay
    q_decay = q * g.exp()[..., None]
    k_left = (k * (g[..., -1:] - g).exp()[..., None]).transpose(-1, -2)
    kept = g[..., -1].exp()[..., None, None]
    if state is None:
        state = q.new_zeros(q.shape[0], q.shape[1], k.shape[-1], v.shape[-1])
    state = state.expand(q.shape[0], -1, -1, -1)
    outputs = []
    for i in range(q.shape[2]):
        new = values[:, :, i] - k_decay[:, :, i] @ state
        outputs.append(q_decay[:, :, i] @ state + attention[:, :, i] @ new)
        state = state * kept[:, :, i] + k_left[:, :, i] @ new
    return torch.stack(outputs, 2).flatten(2, 3)[:, :, :length], state


def _linear_layer(m, x, past):
    b, s, _ = x.shape
    mixed = F.linear(x, m.in_proj_qkv.weight)
    before = mixed.new_zeros(b, 3, mixed.shape[-1]) if past is None else past[0].expand(b, -1, -1)
    joined = torch.cat([before, mixed], 1)
    mixed = F.silu(F.conv1d(joined.transpose(1, 2), m.conv1d.weight, groups=joined.shape[-1]).transpose(1, 2))
    q, k, v = (t.unflatten(-1, (m.num_v_heads, -1)).transpose(1, 2) for t in mixed.split([m.key_dim, m.key_dim, m.value_dim], -1))
    q = q * torch.rsqrt(q.square().sum(-1, keepdim=True) + 1e-6)
    k = k * torch.rsqrt(k.square().sum(-1, keepdim=True) + 1e-6)
    beta = F.linear(x, m.in_proj_b.weight).sigmoid().transpose(1, 2)
    g = (-m.A_log.exp() * F.softplus(F.linear(x, m.in_proj_a.weight) + m.dt_bias)).transpose(1, 2)
    out, state = delta_rule(q, k, v, g, beta, None if past is None else past[1])
    out = F.rms_norm(out.transpose(1, 2), (m.head_v_dim,), m.norm.weight, m.layer_norm_epsilon).flatten(2)
    out = out * F.silu(F.linear(x, m.in_proj_z.weight))
    return F.linear(out, m.out_proj.weight), (joined[:, -3:], state)


def _full_layer(m, x, past, cos, sin):
    b, s, _ = x.shape
    q, gate = F.linear(x, m.q_proj.weight).view(b, s, -1, 2 * HEAD).chunk(2, -1)
    k, v = (F.linear(x, p.weight).view(b, s, -1, HEAD) for p in (m.k_proj, m.v_proj))
    q = F.rms_norm(q, (HEAD,), 1 + m.q_norm.weight, 1e-6).transpose(1, 2)
    k = F.rms_norm(k, (HEAD,), 1 + m.k_norm.weight, 1e-6).transpose(1, 2)
    v = v.transpose(1, 2)
    turn = cos.shape[-1]
    q, k = (torch.cat([t[..., :turn] * cos + _turn(t[..., :turn]) * sin, t[..., turn:]], -1) for t in (q, k))
    if past is not None:
        k, v = (torch.cat([p.expand(b, -1, -1, -1), t], 2) for p, t in zip(past, (k, v)))
    kept = k, v
    groups = q.shape[1] // k.shape[1]
    scores = (q.unflatten(1, (-1, groups)).flatten(2, 3) @ k.transpose(-1, -2)) * HEAD ** -0.5
    scores = scores.unflatten(2, (groups, s))
    hidden = torch.ones(s, s, dtype=torch.bool).triu(1)
    scores = scores.masked_fill(F.pad(hidden, (k.shape[2] - s, 0)), float("-inf"))
    y = (scores.softmax(-1).flatten(2, 3) @ v).unflatten(2, (groups, s)).permute(0, 3, 1, 2, 4).flatten(2)
    return F.linear(y * gate.flatten(2).sigmoid(), m.o_proj.weight), kept


def _experts(m, x):
    """All experts at once; those that were not chosen weigh nothing. Returns the output and the load-balance loss."""
    probabilities = F.linear(x, m.gate.weight).softmax(-1)
    best, chosen = probabilities.topk(m.gate.top_k, -1)
    weights = torch.zeros_like(probabilities).scatter(-1, chosen, best / best.sum(-1, keepdim=True))
    count = m.experts.num_experts
    gate, up = F.linear(x, m.experts.gate_up_proj.flatten(0, 1)).unflatten(-1, (count, 2, -1)).unbind(-2)
    inner = F.silu(gate) * up * weights[..., None]
    out = F.linear(inner.flatten(-2), m.experts.down_proj.transpose(0, 1).flatten(1))
    shared = m.shared_expert
    both = F.linear(x, torch.cat([shared.gate_proj.weight, shared.up_proj.weight]))
    gate, up = both.chunk(2, -1)
    out = out + F.linear(x, m.shared_expert_gate.weight).sigmoid() * F.linear(F.silu(gate) * up, shared.down_proj.weight)
    used = (weights > 0).float().mean(tuple(range(x.dim() - 1)))
    balance = count * (used * probabilities.mean(tuple(range(x.dim() - 1)))).sum() / m.gate.top_k
    return out, balance


def read(model, embeddings, positions, past=None):
    """The language model without its head. embeddings [b, s, hidden], positions [3, b, s]. Returns hidden states, what to keep, balance loss."""
    language = model.model.language_model
    rotary = language.rotary_emb
    cos, sin = rotary(embeddings, positions)
    cos, sin = cos[:, None], sin[:, None]
    x, keep, balance = embeddings, [], 0
    for i, layer in enumerate(language.layers):
        y = F.rms_norm(x, (HIDDEN,), 1 + layer.input_layernorm.weight, 1e-6)
        before = None if past is None else past[i]
        y, kept = _linear_layer(layer.linear_attn, y, before) if hasattr(layer, "linear_attn") else _full_layer(layer.self_attn, y, before, cos, sin)
        keep.append(kept)
        x = x + y
        y, loss = _experts(layer.mlp, F.rms_norm(x, (HIDDEN,), 1 + layer.post_attention_layernorm.weight, 1e-6))
        x, balance = x + y, balance + loss
    return F.rms_norm(x, (HIDDEN,), 1 + language.norm.weight, 1e-6), keep, balance / len(language.layers)


def place(ids, rows, columns, media_tokens, start):
    """mRoPE positions [3, s] of a question and answer whose media blocks have rows x columns tokens, after `start` tokens of text."""
    out, position, i = [], start, 0
    while i < len(ids):
        if ids[i] in media_tokens:
            for row in range(rows):
                out.extend((position, position + row, position + column) for column in range(columns))
            position += max(rows, columns)
            i += rows * columns
        else:
            out.append((position,) * 3)
            position += 1
            i += 1
    return out
