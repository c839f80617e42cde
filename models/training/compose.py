"""Batches for training: mosaics of many pictures at many scales, made to look as cameras in the street see them.

All of it is tensor work on whole batches, so that it runs where the network runs: two cores or an accelerator.
"""
import dataclasses
import math

import torch
from torch.nn import functional

from network import CLASSES

# A canvas is cut into at most GRID × GRID tiles, each filled from one picture.
GRID = 4
# Factors by which the pictures of a canvas are scaled, about; small ones dominate, as they do in the street.
SCALES = (0.2, 1.5)
# Width and height of a tile at scale 1, pixels: those of the usual picture.
USUAL = (432, 360)
# Share of a box cut by its tile that must be left to be an object; of less, down to the second, nothing is asked.
LEAST_VISIBLE, LEAST_SEEN = 0.45, 0.12
# Shorter side in pixels below which nothing is asked of an object, by class; of one below a pixel, no word is left.
LEAST_SIDE = torch.tensor([4.0, 4.0, 5.0, 5.0])
# Where no picture lies; its luma is what the gateway's letterbox fills with.
GREY = 114.0


@dataclasses.dataclass
class Batch:
    """What a step of training works on.

    planes  y [B, 1, H, W], u and v [B, 1, H/2, W/2], float32, 0..255
    boxes   float32 [B, G, 4], corners in pixels
    kinds   int64 [B, G], index into CLASSES, -1 = no box
    ignored bool [B, G], neither right nor wrong
    known   bool [B, H/8, W/8, classes], is everything of the class boxed at this place?
    """

    planes: tuple
    boxes: torch.Tensor
    kinds: torch.Tensor
    ignored: torch.Tensor
    known: torch.Tensor


@dataclasses.dataclass
class Tiles:
    """How the canvases of a batch are cut, and what each tile shows. Tiles lie row by row; lengths in pixels.

    edges_x, edges_y  float32 [B, GRID + 1]
    cell     float32 [B, GRID², 4], corners of the tile
    picture  int64 [B, GRID²], index into Pictures
    scale    float32 [B, GRID², 2], of the picture, across and down
    offset   float32 [B, GRID², 2], of the picture's corner on the canvas
    mirrored bool [B, GRID²]
    """

    edges_x: torch.Tensor
    edges_y: torch.Tensor
    cell: torch.Tensor
    picture: torch.Tensor
    scale: torch.Tensor
    offset: torch.Tensor
    mirrored: torch.Tensor


class Composer:
    """Draws batches from pictures. Everything random comes from one generator, so a seed repeats it."""

    def __init__(self, pictures, seed, device):
        self.pictures = pictures
        self.device = device
        self.generator = torch.Generator(device=device).manual_seed(seed)

    def uniform(self, *shape, low=0.0, high=1.0):
        """Evenly between low and high."""
        return torch.rand(shape, generator=self.generator, device=self.device) * (high - low) + low

    def batch(self, size, height, width):
        """size canvases, at least four, of height × width pixels (multiples of 32), with their boxes, as a Batch."""
        tiles = self._tiles(size, height, width)
        rgb = self._paint(tiles, height, width)
        planes = self._weather(rgb)
        boxes, kinds, ignored = self._boxes(tiles)
        known = self.pictures.known[tiles.picture]
        rows = _cell_of(tiles.edges_y, torch.arange(4, height, 8, device=self.device))
        columns = _cell_of(tiles.edges_x, torch.arange(4, width, 8, device=self.device))
        place = rows[:, :, None] * GRID + columns[:, None, :]
        known = torch.gather(known, 1, place.flatten(1)[..., None].expand(-1, -1, len(CLASSES)))
        return Batch(planes, boxes, kinds, ignored, known.unflatten(1, place.shape[1:]))

    def _tiles(self, size, height, width):
        """Where the tiles' edges are, and which part of which picture each shows at which scale."""
        p = self.pictures
        scale = torch.exp(self.uniform(size, low=math.log(SCALES[0]), high=math.log(SCALES[1])))
        edges_x = self._edges(scale * USUAL[0], width)
        edges_y = self._edges(scale * USUAL[1], height)
        choice = torch.multinomial(p.weights, size * GRID * GRID, replacement=True, generator=self.generator)
        picture = choice.view(size, GRID * GRID)
        left, top = edges_x[:, None, :-1], edges_y[:, :-1, None]
        right, bottom = edges_x[:, None, 1:], edges_y[:, 1:, None]
        corners = torch.broadcast_tensors(left, top, right, bottom)
        cell = torch.stack([c.flatten(1) for c in corners], -1)
        space = cell[..., 2:] - cell[..., :2]
        extent = p.sizes[picture].float()
        own = scale[:, None] * torch.exp(self.uniform(size, GRID * GRID, low=-0.3, high=0.3))
        # Hardly any grey: a picture fills most of its tile, except now and then.
        least = (space / extent).amax(-1) * self.uniform(size, GRID * GRID, low=0.75, high=1.05)
        own = torch.maximum(own, least)
        stretch = torch.exp(self.uniform(size, GRID * GRID, low=-0.15, high=0.15))
        scales = torch.stack([own * stretch, own / stretch], -1)
        free = space - extent * scales
        offset = cell[..., :2] + free * self.uniform(size, GRID * GRID, 2)
        mirrored = self.uniform(size, GRID * GRID) < 0.5
        return Tiles(edges_x, edges_y, cell, picture, scales, offset, mirrored)

    def _edges(self, wanted, length):
        """[B, GRID + 1] edges of tiles about as long as wanted; the tiles that are too many have no length."""
        count = (length / wanted).round().clamp(1, GRID)[:, None]
        steps = torch.arange(GRID + 1, device=self.device)[None, :]
        jitter = self.uniform(len(wanted), GRID + 1, low=-0.25, high=0.25) * ((steps > 0) & (steps < count))
        return ((steps + jitter) / count).clamp(max=1) * length

    def _paint(self, tiles, height, width):
        """RGB [B, 3, H, W], float32, 0..255, each pixel interpolated between four of its picture."""
        p = self.pictures
        side = p.pixels.shape[1]
        x = torch.arange(width, device=self.device)
        y = torch.arange(height, device=self.device)
        column, row = _cell_of(tiles.edges_x, x), _cell_of(tiles.edges_y, y)
        place = (row[:, :, None] * GRID + column[:, None, :]).flatten(1)

        def spread(values):
            return torch.gather(values, 1, place).view(-1, height, width)

        size = p.sizes[tiles.picture].float()
        wide, high = spread(size[..., 0]), spread(size[..., 1])
        across = (x + 0.5 - spread(tiles.offset[..., 0])) / spread(tiles.scale[..., 0])
        across = torch.where(spread(tiles.mirrored), wide - across, across) - 0.5
        down = (y[:, None] + 0.5 - spread(tiles.offset[..., 1])) / spread(tiles.scale[..., 1]) - 0.5
        inside = (across > -0.5) & (across < wide - 0.5) & (down > -0.5) & (down < high - 0.5)
        x0, y0 = across.floor(), down.floor()
        fx, fy = across - x0, down - y0
        # 32 bits hold every index and halve the traffic; floats hold places within a picture exactly.
        base = (spread(tiles.picture) * (side * side)).int()
        flat = p.pixels.view(-1)
        rgb = torch.zeros(3, *base.shape, device=self.device)
        for dx, dy in ((0, 0), (1, 0), (0, 1), (1, 1)):
            weight = (fx if dx else 1 - fx) * (fy if dy else 1 - fy)
            px = torch.minimum((x0 + dx).clamp(min=0), wide - 1)
            py = torch.minimum((y0 + dy).clamp(min=0), high - 1)
            packed = flat.index_select(0, (base + (py * side + px).int()).flatten()).view_as(base)
            for channel in range(3):
                rgb[channel].addcmul_(((packed >> (8 * channel)) & 255).float(), weight)
        return torch.where(inside, rgb, torch.full_like(rgb, GREY)).transpose(0, 1)

    def _boxes(self, tiles):
        """boxes, kinds and ignored of a Batch: those of all tiles, where G is the most that is left on any canvas."""
        p = self.pictures
        boxes, kinds, ignored = p.boxes[tiles.picture], p.kinds[tiles.picture], p.ignored[tiles.picture]
        wide = p.sizes[tiles.picture][..., 0].float()[..., None]
        flipped = torch.stack([wide - boxes[..., 2], boxes[..., 1], wide - boxes[..., 0], boxes[..., 3]], -1)
        boxes = torch.where(tiles.mirrored[..., None, None], flipped, boxes)
        whole = boxes * tiles.scale.repeat(1, 1, 2)[:, :, None] + tiles.offset.repeat(1, 1, 2)[:, :, None]
        cell = tiles.cell[:, :, None]
        low, high = cell[..., :2], cell[..., 2:]
        cut = torch.cat([torch.minimum(torch.maximum(whole[..., i : i + 2], low), high) for i in (0, 2)], -1)
        left = _area(cut) / _area(whole).clamp(min=1e-6)
        sides = (cut[..., 2:] - cut[..., :2]).amin(-1)
        small = sides < LEAST_SIDE.to(self.device)[kinds.clamp(min=0)]
        seen = (kinds >= 0) & (left >= LEAST_SEEN) & (sides > 1)
        ignored = ignored | small | (left < LEAST_VISIBLE)
        seen, ignored, kinds, cut = seen.flatten(1), ignored.flatten(1), kinds.flatten(1), cut.flatten(1, 2)
        order = torch.argsort(seen.to(torch.uint8), dim=1, descending=True)
        most = max(8, int(seen.sum(1).max()))
        order = order[:, :most]
        kinds = torch.where(seen, kinds, torch.full_like(kinds, -1)).gather(1, order)
        cut = cut.gather(1, order[..., None].expand(-1, -1, 4))
        return cut, kinds, ignored.gather(1, order)

    def _weather(self, rgb):
        """Light, night, infra-red, blur, poor lenses, rain, noise; then planes as a camera sends them, compressed."""
        size = len(rgb)
        x = rgb / 255

        def each(low, high):
            return self.uniform(size, 1, 1, 1, low=low, high=high)

        def some(share):
            return (self.uniform(size, 1, 1, 1) < share).float()

        x = x.clamp(1e-3, 1) ** torch.exp(each(-0.45, 0.55))
        x = (x - 0.5) * each(0.65, 1.35) + 0.5 + each(-0.15, 0.15)
        x = x * torch.exp(self.uniform(size, 3, 1, 1, low=-0.12, high=0.12))
        grey = x.mean(1, keepdim=True)
        # Infra-red pictures have no colour at all; faded ones have some.
        x = grey + (x - grey) * each(0.4, 1.5) * (1 - some(0.15))
        night = some(0.12)
        x = x * (1 - night * each(0.4, 0.85))
        x = self._blurred(x)
        x = self._rain(x)
        noise = each(0.0, 0.05) * some(0.5) + night * each(0.0, 0.06)
        x = x + torch.randn(x.shape, generator=self.generator, device=self.device) * noise
        return self._planes(x.clamp(0, 1))

    def _blurred(self, x):
        """A quarter of the batch is blurred (round or along a line), a sixth has lost its fine detail."""
        size, _, height, width = x.shape
        some = size // 4
        offsets = torch.arange(-3, 4, device=self.device).float()
        sigma = self.uniform(some, 2, 1, low=0.3, high=1.6)
        sigma[: some // 3, 1] = 0.2
        kernel = torch.exp(-0.5 * (offsets / sigma) ** 2)
        kernel = kernel / kernel.sum(-1, keepdim=True)
        part = x[:some].reshape(1, some * 3, height, width)
        across = kernel[:, 0].repeat_interleave(3, 0)[:, None, None, :]
        down = kernel[:, 1].repeat_interleave(3, 0)[:, None, :, None]
        part = functional.conv2d(part, across, padding=(0, 3), groups=some * 3)
        part = functional.conv2d(part, down, padding=(3, 0), groups=some * 3).view(some, 3, height, width)
        soft = x[some : some + size // 6]
        if len(soft):
            soft = functional.interpolate(functional.avg_pool2d(soft, 2), scale_factor=2, mode="bilinear")
        return torch.cat([part, soft, x[some + len(soft) :]])

    def _rain(self, x):
        """Bright slanted streaks over a twentieth of the batch, and over one picture of a small one."""
        count = max(1, len(x) // 20)
        _, _, height, width = x.shape
        drops = (self.uniform(count, 1, height, width) > 0.998).float()
        slant = float(self.uniform(1, low=-0.6, high=0.6))
        kernel = torch.zeros(1, 1, 15, 15, device=self.device)
        for step in range(15):
            kernel[0, 0, step, round(7 + slant * (step - 7))] = 1
        streaks = functional.conv2d(drops, kernel, padding=7).clamp(max=1)
        # The last ones, which are not the blurred ones.
        return torch.cat([x[:-count], x[-count:] + 0.3 * streaks * (1 - x[-count:])])

    def _planes(self, x):
        """BT.601 video range, chroma halved, luma through a coarse block transform for a third of the batch."""
        r, g, b = (x[:, i : i + 1] * 255 for i in range(3))
        y = 16 + 0.256788 * r + 0.504129 * g + 0.097906 * b
        u = functional.avg_pool2d(128 - 0.148223 * r - 0.290993 * g + 0.439216 * b, 2)
        v = functional.avg_pool2d(128 + 0.439216 * r - 0.367788 * g - 0.071427 * b, 2)
        some = torch.randperm(len(y), generator=self.generator, device=self.device)[: len(y) // 3]
        y[some] = self._compressed(y[some])
        return tuple(plane.round().clamp(0, 255) for plane in (y, u, v))

    def _compressed(self, y):
        """What JPEG's or a video codec's quantiser leaves of 8×8 blocks; steps grow with the frequency."""
        size, _, height, width = y.shape
        n = torch.arange(8, device=self.device).float()
        basis = torch.cos(math.pi * (2 * n[None] + 1) * n[:, None] / 16) * 0.5
        basis[0] *= math.sqrt(0.5)
        blocks = y.view(size, height // 8, 8, width // 8, 8).transpose(2, 3)
        coefficients = basis @ blocks @ basis.T
        step = (2 + n[:, None] + n[None, :]) * self.uniform(size, 1, 1, 1, 1, low=0.8, high=5.0)
        blocks = basis.T @ ((coefficients / step).round() * step) @ basis
        return blocks.transpose(2, 3).reshape(size, 1, height, width)


def _cell_of(edges, places):
    """Column or row of tiles [B, P] that each of the pixels [P] of a side lies in; edges [B, GRID + 1]."""
    inner = edges[:, 1:-1].contiguous()
    centres = (places + 0.5).expand(len(edges), -1).contiguous()
    return torch.searchsorted(inner, centres, right=True).clamp(max=GRID - 1)


def _area(boxes):
    return (boxes[..., 2] - boxes[..., 0]).clamp(min=0) * (boxes[..., 3] - boxes[..., 1]).clamp(min=0)
