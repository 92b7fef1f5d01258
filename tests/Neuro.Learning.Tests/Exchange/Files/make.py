"""Makes the files beside this script with PyTorch 1.13 (Debian: python3-torch): run it in this folder.

Each model is as small as its operators allow; the seed makes the numbers the same again.
"""
import collections
import torch
from torch import nn


class Flattened(nn.Module):
    """What torch.onnx leaves of x.view(x.size(0), -1), of interpolate and of a residual block."""

    def __init__(self):
        super().__init__()
        self.conv = nn.Conv2d(3, 4, 3, stride=2, padding=1, bias=False)
        self.bn = nn.BatchNorm2d(4)
        self.depthwise = nn.Conv2d(4, 4, 3, padding=2, dilation=2, groups=4)
        self.fc = nn.Linear(4 * 4 * 4, 5)

    def forward(self, x):
        x = nn.functional.relu6(self.bn(self.conv(x)))
        y = nn.functional.interpolate(nn.functional.max_pool2d(self.depthwise(x), 2), scale_factor=2, mode="nearest")
        x = torch.cat([x + y, x * torch.sigmoid(x)], 1)
        x = nn.functional.avg_pool2d(x, 2)
        x = torch.tanh(nn.functional.conv2d(x, torch.ones(4, 8, 1, 1) / 8))
        return self.fc(x.view(x.size(0), -1))


class Segmented(nn.Module):
    """A segmenter: strided down, transposed and bilinear up."""

    def __init__(self):
        super().__init__()
        self.down = nn.Conv2d(3, 6, 3, stride=2, padding=1)
        self.narrow = nn.Conv2d(6, 4, (1, 3), padding=(0, 1))
        self.up = nn.ConvTranspose2d(4, 3, 2, stride=2)

    def forward(self, x):
        size = x.shape[-2:]
        x = nn.functional.max_pool2d(torch.relu(self.down(x)), 3, 2, 1, ceil_mode=True)
        x = self.up(torch.relu(self.narrow(x)))
        return nn.functional.interpolate(x, size=size, mode="bilinear", align_corners=False)


def scrambled(model):
    for buffer in model.buffers():
        if buffer.dtype == torch.float32:
            buffer.add_(torch.rand_like(buffer))
    return model.eval()


torch.manual_seed(1)
flattened = scrambled(Flattened())
segmented = scrambled(Segmented())
example = torch.rand(1, 3, 16, 16)
for opset in (9, 11, 13, 16):
    torch.onnx.export(flattened, example, f"flattened-{opset}.onnx", opset_version=opset, input_names=["x"], output_names=["y"], dynamic_axes={"x": {0: "n"}, "y": {0: "n"}})
torch.onnx.export(segmented, torch.rand(1, 3, 18, 22), "segmented-13.onnx", opset_version=13, input_names=["x"], output_names=["y"])

torch.save(flattened.state_dict(), "flattened.pth")
torch.save(collections.OrderedDict(half=torch.arange(6.0).reshape(2, 3).half(), whole=torch.arange(4), turned=torch.arange(6.0).reshape(2, 3).t(), scalar=torch.tensor(2.5)), "kinds.pth")
torch.save({"state_dict": {"a.weight": torch.ones(2)}, "epoch": 3, "note": "x", "lr": 0.1}, "checkpoint.pth")
torch.save(nn.Linear(2, 2), "module.pth")
