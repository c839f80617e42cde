"""A network whose weights and normalisation are chance, so that no two of its rows are alike."""
import torch

from network import SkyeyeNano


def random_network(seed):
    """In evaluation mode; scores spread around one half."""
    torch.manual_seed(seed)
    network = SkyeyeNano()
    for module in network.modules():
        if isinstance(module, torch.nn.BatchNorm2d):
            module.running_mean.normal_(0, 0.3)
            module.running_var.uniform_(0.5, 2)
            module.weight.data.uniform_(0.5, 1.5)
            module.bias.data.normal_(0, 0.3)
    for out in network.rows:
        out.weight.data.normal_(0, 0.05)
        out.bias.data.normal_(0, 0.5)
    return network.eval()
