"""Muon: steps of momentum made orthogonal, for matrices inside the network."""
import torch
import torch.distributed as distributed


def orthogonal(matrices, steps=5):
    """Roughly the nearest orthogonal matrices, by a quintic Newton-Schulz iteration. matrices [n, rows, columns]"""
    x = matrices.bfloat16()
    tall = x.shape[-2] > x.shape[-1]
    x = x.transpose(-1, -2) if tall else x
    x = x / (x.norm(dim=(-2, -1), keepdim=True) + 1e-7)
    for _ in range(steps):
        a = x @ x.transpose(-1, -2)
        x = 3.4445 * x + (-4.775 * a + 2.0315 * (a @ a)) @ x
    return (x.transpose(-1, -2) if tall else x).float()


class Muon(torch.optim.Optimizer):
    """Parameters of two or more dimensions; the last two are the matrix. The step's size is that of AdamW at the same rate."""
    def __init__(self, parameters, lr=1e-3, momentum=0.95, weight_decay=0.05):
        super().__init__(parameters, dict(lr=lr, momentum=momentum, weight_decay=weight_decay))

    @torch.no_grad()
    def step(self):
        for group in self.param_groups:
            alike = {}
            for parameter in group["params"]:
                state = self.state[parameter]
                if "momentum" not in state:
                    state["momentum"] = torch.zeros_like(parameter)
                state["momentum"].lerp_(parameter.grad, 1 - group["momentum"])
                alike.setdefault(parameter.shape[-2:], []).append(parameter)
            dearest_first = sorted(alike.items(), key=lambda part: -sum(p.numel() for p in part[1]) * min(part[0]))
            for parameter, step in zip([p for _, part in dearest_first for p in part], self._steps(dearest_first, group["momentum"])):
                parameter.mul_(1 - group["lr"] * group["weight_decay"])
                parameter.add_(step, alpha=-group["lr"] * 0.2 * max(parameter.shape[-2:]) ** 0.5)

    def _steps(self, parts, momentum):
        """Every process works out the steps of some shapes, and has those of the others from their processes."""
        rank, count = (distributed.get_rank(), distributed.get_world_size()) if distributed.is_initialized() else (0, 1)
        steps = []
        for number, (shape, parameters) in enumerate(parts):
            if number % count == rank:
                moved = torch.cat([p.grad.lerp(self.state[p]["momentum"], momentum).view(-1, *shape) for p in parameters])
                steps.append(orthogonal(moved).flatten())
            else:
                steps.append(torch.zeros(sum(p.numel() for p in parameters)))
        flat = torch.cat(steps)
        if count > 1:
            distributed.all_reduce(flat)
        parameters = [p for _, part in parts for p in part]
        return [step.view_as(p) for step, p in zip(flat.split([p.numel() for p in parameters]), parameters)]
