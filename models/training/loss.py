"""Which cell answers for which box, and how wrong the answers are.

Task-aligned assignment (Feng et al. 2021, TOOD) among the cells around a box's centre; quality focal loss (Li et al.
2020) for scores, whose target is how well the cell's box fits; generalised IoU (Rezatofighi et al. 2019) for boxes.
"""
import torch
from torch.nn import functional

from network import CLASSES, ROW, STRIDES, cell_grid, corners

# Cells of each stride that may answer for a box: REACH × REACH around its centre.
REACH = 5
# Cells that do answer, at most.
MOST_ANSWERS = 10
# How much a candidate's score and its box's fit count in the choice of those that answer.
SCORE_POWER, FIT_POWER = 0.5, 4.0
# The box loss counts this many times.
BOX_WEIGHT = 2.0


def losses(rows, batch, height, width):
    """rows [B, cells, classes, ROW] float32 -> (score loss, box loss), each over the sum of all scores asked for."""
    centres, strides = cell_grid(height, width, rows.device)
    scores = rows[..., 0]
    which, place = ((batch.kinds >= 0) & ~batch.ignored).nonzero(as_tuple=True)
    truth, kinds = batch.boxes[which, place], batch.kinds[which, place]
    cells, allowed = _candidates(truth, height, width)
    # The rows of the candidates for the box's class: [boxes, K, ROW].
    flat = (which[:, None] * rows.shape[1] + cells) * len(CLASSES) + kinds[:, None]
    own = rows.reshape(-1, ROW).index_select(0, flat.flatten()).view(*flat.shape, ROW)
    fit, generalised = iou(corners(own, centres[cells], strides[cells]), truth[:, None])
    with torch.no_grad():
        answers, target = _assign(flat, fit, own[..., 0].sigmoid(), allowed, scores.numel())
        wanted = torch.zeros(scores.numel(), device=rows.device)
        wanted[flat[answers]] = target[answers]
        wanted = wanted.view_as(scores)
        weight = _background(batch, centres, wanted)
    focus = (wanted - scores.sigmoid()).abs() ** 2
    errors = functional.binary_cross_entropy_with_logits(scores, wanted, reduction="none") * focus * weight
    total = target.sum().clamp(min=1)
    return errors.sum() / total, ((1 - generalised) * target).sum() / total


def _candidates(boxes, height, width):
    """boxes [N, 4] in pixels -> cells [N, K] around each centre in every stride, and which may answer [N, K].

    Those may that exist and whose centre lies in the box or within a cell of its centre.
    """
    middle = (boxes[:, :2] + boxes[:, 2:]) / 2
    around = torch.arange(REACH, device=boxes.device) - REACH // 2
    cells, allowed, first = [], [], 0
    for stride in STRIDES:
        columns, rows = width // stride, height // stride
        gx = (middle[:, 0] / stride).floor().long()[:, None, None] + around[None, :]
        gy = (middle[:, 1] / stride).floor().long()[:, None, None] + around[:, None]
        gx, gy = (index.flatten(1) for index in torch.broadcast_tensors(gx, gy))
        exists = (gx >= 0) & (gx < columns) & (gy >= 0) & (gy < rows)
        x, y = (gx + 0.5) * stride, (gy + 0.5) * stride
        # A small box may hold no cell's centre: within a cell of its own centre counts as well.
        near = ((x - middle[:, :1]).abs() < stride) & ((y - middle[:, 1:]).abs() < stride)
        inside = (x > boxes[:, 0:1]) & (x < boxes[:, 2:3]) & (y > boxes[:, 1:2]) & (y < boxes[:, 3:4])
        cells.append(first + gy.clamp(0, rows - 1) * columns + gx.clamp(0, columns - 1))
        allowed.append(exists & (near | inside))
        first += columns * rows
    return torch.cat(cells, 1), torch.cat(allowed, 1)


def _assign(flat, fit, quality, allowed, count):
    """Which candidates answer [N, K] and the score asked of them [N, K]: the best answer's fit, less for worse ones.

    flat [N, K]: place of cell and class in the batch, below count; fit: IoU, quality: score now, allowed: may answer.
    """
    fit = fit.clamp(min=0)
    aligned = (quality**SCORE_POWER * fit**FIT_POWER + 1e-9) * allowed
    bar = aligned.topk(MOST_ANSWERS, 1).values[:, -1:]
    answers = allowed & (aligned >= bar)
    # A cell answers for one box of its class: the one it fits best.
    best = torch.zeros(count, device=fit.device)
    best.scatter_reduce_(0, flat[answers], fit[answers], "amax")
    answers = answers & (fit >= best[flat])
    aligned = aligned * answers
    strongest = aligned.amax(1, keepdim=True).clamp(min=1e-9)
    most = (fit * answers).amax(1, keepdim=True)
    return answers, aligned / strongest * most


def _background(batch, centres, wanted):
    """Weight [B, cells, classes]: nothing where a class is not boxed exhaustively, or inside ignored boxes."""
    at = (centres / 8).long()
    weight = batch.known[:, at[:, 1], at[:, 0]].float()
    # A box cut off by its tile, or too small, or doubtful, is neither right nor wrong.
    boxes, x, y = batch.boxes, centres[:, 0], centres[:, 1]
    within = (x > boxes[..., 0:1]) & (x < boxes[..., 2:3]) & (y > boxes[..., 1:2]) & (y < boxes[..., 3:4])
    kinds = functional.one_hot(batch.kinds.clamp(min=0), len(CLASSES)) * (batch.ignored & (batch.kinds >= 0))[..., None]
    doubtful = within.transpose(1, 2).float() @ kinds.float()
    return torch.where(wanted > 0, torch.ones_like(weight), weight * (doubtful < 0.5))


def iou(a, b):
    """IoU and generalised IoU [...] of corner boxes [..., 4], broadcast."""
    low = torch.maximum(a[..., :2], b[..., :2])
    high = torch.minimum(a[..., 2:], b[..., 2:])
    shared = (high - low).clamp(min=0).prod(-1)
    area_a = (a[..., 2:] - a[..., :2]).clamp(min=0).prod(-1)
    area_b = (b[..., 2:] - b[..., :2]).clamp(min=0).prod(-1)
    union = area_a + area_b - shared + 1e-6
    hull = (torch.maximum(a[..., 2:], b[..., 2:]) - torch.minimum(a[..., :2], b[..., :2])).clamp(min=0).prod(-1) + 1e-6
    return shared / union, shared / union - (hull - union) / hull
