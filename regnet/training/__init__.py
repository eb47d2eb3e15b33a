"""Making evidence: modules, data and trainings. The only room that names torch."""

try:
    import torch  # noqa: F401
except ImportError as error:
    raise ImportError("building and training networks needs torch: pip install 'regnet[train]'") from error

from regnet.training.models.build import build
from regnet.training.train import train

__all__ = ["build", "train"]
