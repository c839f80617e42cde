"""The network skyeye-nano: one pass over planar YUV 4:2:0 finds faces, people, two-wheelers and vehicles.

An anchor-free single-stage detector of our own in the spirit of YOLOX (Ge et al. 2021), NanoDet-Plus and YuNet (Wu
et al. 2023): depth-wise separable residual blocks down to stride 32, a path-aggregation neck, a small head for each of
three strides.
Two things differ from them. It reads luma and chroma as the decoder leaves them: four luma pixels and their one chroma
pixel are the six channels of a half-size picture, so no colour is converted. And every class has a box of its own in
every cell, so a face and the person it belongs to never compete for a cell.
"""
import torch
from torch import nn

CLASSES = ("face", "person", "two-wheeler", "vehicle")
STRIDES = (8, 16, 32)
# Values of a row, which each class has in each cell: score (logit), way from the cell's centre to the box's, x and y,
# logarithms of the box's width and height; lengths in units of the stride.
ROW = 5
# Pixels of 0..255 times this enter the network.
PIXEL_SCALE = 1 / 64


def convolution(c_in, c_out, kernel=1, stride=1, groups=1, act=True):
    """Convolution, batch normalisation and, unless told otherwise, ReLU (ONNX Runtime makes one node of them)."""
    layers = [
        nn.Conv2d(c_in, c_out, kernel, stride, kernel // 2, groups=groups, bias=False),
        nn.BatchNorm2d(c_out, eps=1e-3, momentum=0.03),
    ]
    return nn.Sequential(*layers, nn.ReLU(inplace=True)) if act else nn.Sequential(*layers)


class Separable(nn.Module):
    """Depth-wise then point-wise convolution; adds its input where shapes allow."""

    def __init__(self, c_in, c_out, stride=1, kernel=3):
        super().__init__()
        self.depthwise = convolution(c_in, c_in, kernel, stride, groups=c_in, act=False)
        self.pointwise = convolution(c_in, c_out, act=False)
        self.act = nn.ReLU(inplace=True)
        self.residual = stride == 1 and c_in == c_out

    def forward(self, x):
        y = self.pointwise(self.depthwise(x))
        return self.act(y + x) if self.residual else self.act(y)


class Pyramid(nn.Module):
    """Maxima over 5, 9 and 13 cells beside the input (as YOLOX and YOLOv5 do it, one after the other)."""

    def __init__(self, channels):
        super().__init__()
        self.narrow = convolution(channels, channels // 2)
        self.pool = nn.MaxPool2d(5, 1, 2)
        self.widen = convolution(channels * 2, channels)

    def forward(self, x):
        x = self.narrow(x)
        a = self.pool(x)
        b = self.pool(a)
        return self.widen(torch.cat([x, a, b, self.pool(b)], 1))


class SkyeyeNano(nn.Module):
    """Planes y [B,1,H,W], u and v [B,1,H/2,W/2], values 0..255 -> raw rows [B, cells, classes, ROW], strides 8, 16, 32.

    H and W are multiples of 32. Cells lie row by row, finest stride first. 0.66 million parameters.
    """

    widths = (32, 80, 160, 256)
    depths = (2, 3, 5, 2)
    neck = 64

    def __init__(self):
        super().__init__()
        at4, at8, at16, at32 = self.widths
        deep4, deep8, deep16, deep32 = self.depths
        neck = self.neck

        def blocks(channels, count):
            return [Separable(channels, channels) for _ in range(count)]

        self.stem = convolution(6, at4, 3, 2)
        self.stage4 = nn.Sequential(*blocks(at4, deep4))
        self.stage8 = nn.Sequential(Separable(at4, at8, 2), *blocks(at8, deep8))
        self.stage16 = nn.Sequential(Separable(at8, at16, 2), *blocks(at16, deep16))
        self.stage32 = nn.Sequential(Separable(at16, at32, 2), *blocks(at32, deep32), Pyramid(at32))
        self.lateral = nn.ModuleList(convolution(c, neck) for c in (at8, at16, at32))
        self.down_path = nn.ModuleList(Separable(2 * neck, neck, kernel=5) for _ in range(2))
        self.shrink = nn.ModuleList(Separable(neck, neck, 2, kernel=5) for _ in range(2))
        self.up_path = nn.ModuleList(Separable(2 * neck, neck, kernel=5) for _ in range(2))
        self.towers = nn.ModuleList(
            nn.Sequential(Separable(neck, neck, kernel=5), Separable(neck, neck, kernel=5)) for _ in STRIDES
        )
        self.rows = nn.ModuleList(nn.Conv2d(neck, len(CLASSES) * ROW, 1) for _ in STRIDES)
        self.upsample = nn.Upsample(scale_factor=2, mode="nearest")
        self._initialise()

    def _initialise(self):
        for module in self.modules():
            if isinstance(module, nn.Conv2d):
                nn.init.kaiming_normal_(module.weight, mode="fan_out", nonlinearity="relu")
        for out in self.rows:
            nn.init.normal_(out.weight, std=0.01)
            bias = torch.zeros(len(CLASSES), ROW)
            # Scores begin at 1 %, as focal losses want it (Lin et al. 2017); boxes at two cells.
            bias[:, 0] = -4.6
            bias[:, 3:] = 0.7
            out.bias.data.copy_(bias.flatten())

    def forward(self, y, u, v):
        # A mere factor: the stem's normalisation takes care of the mean.
        x = torch.cat([nn.functional.pixel_unshuffle(y, 2), u, v], 1) * PIXEL_SCALE
        return self.after_stem(self.stem(x))

    def after_stem(self, x):
        """[B, 32, H/4, W/4] -> raw rows, as above."""
        fine = self.stage8(self.stage4(x))
        middle = self.stage16(fine)
        coarse = self.stage32(middle)
        fine, middle, coarse = (narrow(part) for narrow, part in zip(self.lateral, (fine, middle, coarse)))
        middle = self.down_path[0](torch.cat([middle, self.upsample(coarse)], 1))
        fine = self.down_path[1](torch.cat([fine, self.upsample(middle)], 1))
        middle = self.up_path[0](torch.cat([middle, self.shrink[0](fine)], 1))
        coarse = self.up_path[1](torch.cat([coarse, self.shrink[1](middle)], 1))
        levels = []
        for level, tower, rows in zip((fine, middle, coarse), self.towers, self.rows):
            # Batch, classes * ROW, h, w -> batch, cells, classes, ROW.
            levels.append(rows(tower(level)).flatten(2).transpose(1, 2))
        return torch.cat(levels, 1).reshape(len(x), -1, len(CLASSES), ROW)


def cell_grid(height, width, device=None):
    """Centres [cells, 2] in pixels and strides [cells] of all cells of a picture of this size."""
    centres, strides = [], []
    for stride in STRIDES:
        rows = torch.arange(height // stride, device=device)
        columns = torch.arange(width // stride, device=device)
        gy, gx = torch.meshgrid(rows, columns, indexing="ij")
        places = (torch.stack([gx, gy], -1).reshape(-1, 2) + 0.5) * stride
        centres.append(places)
        strides.append(torch.full_like(places[:, 0], float(stride)))
    return torch.cat(centres), torch.cat(strides)


def corners(rows, centres, strides):
    """Corner boxes [..., 4] in pixels of raw rows [..., ROW] in cells with these centres [..., 2] and strides [...]."""
    middle = centres + rows[..., 1:3] * strides[..., None]
    half = rows[..., 3:5].clamp(-6, 7).exp() * (strides[..., None] / 2)
    return torch.cat([middle - half, middle + half], -1)
