"""On a GPU: a fault costs one training, and trainings end. Skipped where there is none."""

from __future__ import annotations

from typing import Any

import pytest
import torch

from regnet.sweeps.engine import Local, ProcessSpent, WorkerDied, run, slot_device
from regnet.sweeps.population import Population
from regnet.sweeps.tasks import member_tasks
from regnet.sweeps.work import Trained, train_task
from regnet.training.devices import DeviceLost, computing

pytestmark = pytest.mark.skipif(not torch.cuda.is_available(), reason="no GPU here")


def trained_unless_faulty(task: Any) -> Any:
    """A task trained, or for None a kernel that reads outside of its tensor."""
    if task is not None:
        return train_task(task)
    try:
        with computing(slot_device()):
            return torch.zeros(1, device=slot_device())[torch.tensor([7], device=slot_device())].tolist()
    except DeviceLost as error:
        raise ProcessSpent(str(error)) from error


def test_a_fault_costs_its_own_training_and_no_other() -> None:
    tasks = member_tasks(Population("anynetx_a", "smoke"), 2)
    engine = Local(workers=1, devices=("cuda:0",), retries=1)
    first, fault, second = (result for _, result in run(trained_unless_faulty, [tasks[0], None, tasks[1]], engine))
    assert isinstance(fault, WorkerDied)
    assert "cuda:0 computes nothing more for this process (CUDA error" in str(fault)
    assert isinstance(first, Trained)
    assert isinstance(second, Trained)
    assert (first.record.status, second.record.status) == ("ok", "ok")
