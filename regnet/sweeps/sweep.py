"""Training what is missing: populations x members not done -> engine -> journals.

The members of all populations grow together, index by index, so that partial data are balanced.
"""

from __future__ import annotations

import sys
from collections.abc import Mapping, Sequence
from contextlib import ExitStack, closing
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from regnet.design.recipe import Recipe, Record
from regnet.design.scalars import MEMBERS, whole
from regnet.sweeps import cores, segments
from regnet.sweeps.engine import Engine, Local, run
from regnet.sweeps.experiments import REPEATED, named
from regnet.sweeps.journal import Journal, in_place
from regnet.sweeps.journal_lines import Header
from regnet.sweeps.population import Population
from regnet.sweeps.progress import Report
from regnet.sweeps.sealing import engines, read_sheet
from regnet.sweeps.shards import Shard
from regnet.sweeps.sheet_names import population_sheet, sheet_of
from regnet.sweeps.sheets import Content, Sheet, StoreConflict, cell, refuse
from regnet.sweeps.tasks import Plan, Task, member_tasks, repeat_tasks
from regnet.sweeps.work import Trained, forget, train_task

if TYPE_CHECKING:
    from regnet.training.engines import Choice

WHOLE = Shard()


def sweep_populations(
    populations: Sequence[Population], n: int, engine: Engine, trainer: str = "", shard: Shard = WHOLE
) -> Report:
    """Trains what is missing of the first n members of each population, of as many as it wants where n is 0.

    `trainer` is native, torch, or empty for the best of them: see `training.engines.choose`. A `shard` trains its part.

    Raises:
        ValueError: an n beyond what a population may have.
        JournalBusy: another sweep works on one of the populations, or on the same shard.
        ConnectionError, ImportError: no Ray cluster at the engine's address, or no ray.
        StoreConflict: stored members are not those drawn now, or were trained by another recipe.
        CoresBusy: networks are timed on this machine.
        ValueError: a device that is not there, before anything is trained.
        JournalFull: the disk is full.
        JournalLost: a journal was moved, deleted or replaced meanwhile.
    """
    n = whole("n", n, low=0, high=MEMBERS)
    plans = [Plan(population_sheet(p), p.recipe, member_tasks(p, n or p.wanted)) for p in populations]
    return drive(plans, engine, trainer, shard)


def sweep_repeats(
    populations: Sequence[Population], n: int, engine: Engine, trainer: str = "", shard: Shard = WHOLE
) -> Report:
    """Retrains the ten best of the first n members of each population with three new seeds.

    Where n is 0 it is the same for all: as many as the smallest wants of these and of those whose best are compared.

    Raises:
        ValueError: fewer than n members are trained: their ten best are not known yet; or as `sweep_populations`.
        JournalBusy, StoreConflict, CoresBusy, JournalFull, JournalLost: as `sweep_populations`.
    """
    n = whole("n", n, low=0, high=MEMBERS)
    engine = on_devices(engine)
    n = n or min(p.wanted for p in (*populations, *(one for p in populations for one in default_repeats(p.regime))))
    plans = [Plan(sheet_of(f"{p.name}.repeats", p.regime), p.recipe, repeat_tasks(p, n)) for p in populations]
    for population, plan in zip(populations, plans, strict=True):  # what is compared is trained alike
        chosen = _choose(plan, engine.devices, trainer).name
        _refuse_other_engine(population_sheet(population), read_sheet(population_sheet(population)), chosen)
    return drive(plans, engine, trainer, shard)


def default_repeats(regime: str) -> tuple[Population, ...]:
    """The populations whose ten best are retrained unless others are named."""
    return named(regime, REPEATED)


def drive(plans: Sequence[Plan], engine: Engine, trainer: str = "", shard: Shard = WHOLE) -> Report:
    """Runs every task of the shard that its sheet has no row for, writing each result to a journal of it at once.

    All tasks of a sheet are trained by one engine, and never by another than its rows.
    """
    engine = on_devices(engine)
    with ExitStack() as stack:
        chosen = {plan.sheet.name: _choose(plan, engine.devices, trainer) for plan in plans}
        journals = {
            plan.sheet.name: stack.enter_context(_journal(plan, engine, chosen[plan.sheet.name].name, shard))
            for plan in plans
        }
        stack.enter_context(in_place(journals))
        missing = (
            task for plan in plans for task in _missing(plan, chosen[plan.sheet.name].name, journals[plan.sheet.name])
        )
        tasks = sorted((task for task in missing if shard.takes(task.turn)), key=lambda task: task.turn)
        if tasks:
            stack.enter_context(cores.shared())
        recipes = {plan.sheet.name: plan.recipe for plan in plans}
        _need_data({(recipes[task.sheet], task.test) for task in tasks})
        for name in {task.sheet: None for task in tasks}:
            if (why := chosen[name].why) and engine.devices[0] == "cpu":
                print(f"{name} is trained by PyTorch, not by the faster engine: {why}", file=sys.stderr)
        report = stack.enter_context(Report(len(tasks)))
        engine = engine.at_most(len(tasks))
        for task, result in stack.enter_context(closing(run(train_task, tasks, engine))):
            record = result.record if isinstance(result, Trained) else _failure(task, result)
            cells = {name: getattr(record, name) for name in task.outcome}
            segment = result.segment if isinstance(result, Trained) else None
            journals[task.sheet].append(task.cells | cells, record.message, segment)
            if record.status != "failed":
                forget(task)
            where = f"{task.name}: {record.message}" if record.message else ""
            report.step(record.status, where)
    return report


def on_devices(engine: Engine) -> Engine:
    """The engine with its devices as PyTorch names them; ValueError where one is not there, before any training.

    A cluster's devices are its nodes', where each training looks for them.
    """
    if not isinstance(engine, Local):
        return engine
    from regnet.training.devices import pick_devices

    return replace(engine, devices=pick_devices(engine.devices))


def _choose(plan: Plan, devices: Sequence[str], trainer: str) -> Choice:
    """The engine that can train all of a plan on every device."""
    from regnet.training.engines import choose

    device = next((name for name in devices if name != "cpu"), "cpu")
    return choose([(task.network, task.recipe) for task in plan.tasks], device, trainer)


def _journal(plan: Plan, engine: Engine, trainer: str, shard: Shard) -> Journal:
    from regnet.training.data import sha256

    device = engine.devices[0] if isinstance(engine, Local) else "cpu"  # a cluster's driver may have no GPU
    segment = segments.here(precision=plan.recipe.precision, device=device, threads=engine.threads, engine=trainer)
    header: Header = {
        "regime": plan.sheet.regime,
        "name": plan.sheet.name,
        "recipe": plan.recipe.values,
        "recipe_hash": plan.recipe.hash,
        "data_sha256": sha256(plan.recipe.data, plan.recipe.folder),
        "segment": segment,
    } | ({"space": plan.sheet.space} if plan.sheet.space else {})
    return Journal(shard.journal(plan.sheet.journal), header, whole=plan.sheet.journal)


def _need_data(wanted: set[tuple[Recipe, bool]]) -> None:
    """Stops here where a data set is missing or is not the plan's, rather than in every training."""
    from regnet.training.data import source

    for recipe, test in wanted:
        source(recipe.data, recipe.folder).check(recipe, test=test)


def _failure(task: Task, error: object) -> Record:
    message = f"{type(error).__name__}: {error}"
    return Record(task.network.id, task.recipe.hash, task.seed, "failed", None, 0.0, message=message)


def _missing(plan: Plan, trainer: str, journal: Journal) -> list[Task]:
    """The plan's tasks without a row; every stored row must be of the network, seed, draw, recipe and data of now."""
    from regnet.training.data import sha256

    content, recipe = read_sheet(plan.sheet, {journal.path: journal.found()}), plan.recipe
    if content.info:
        refuse(plan.sheet, (), "recipe_hash", content.info["recipe_hash"], recipe.hash)
    done, missing = content.done, []
    for task in plan.tasks:
        _compare(plan.sheet, content, task)
        task = replace(task, engine=trainer, checkpoint=_checkpoint(plan.sheet, task))
        if plan.sheet.key_of(task.cells) not in done:
            missing.append(task)
        else:
            forget(task)  # the sweep that journaled it may have ended before it did
    if not missing:
        return []
    if content.info:
        refuse_other_data(plan.sheet, content.info, recipe)
    _refuse_other_engine(plan.sheet, content, trainer)
    data = sha256(recipe.data, recipe.folder)
    return [replace(task, data_sha256=data) for task in missing]


def refuse_other_data(sheet: Sheet, info: Mapping[str, Any], recipe: Recipe) -> None:
    """Raises StoreConflict where a sheet's rows were trained on other data than what is here."""
    from regnet.training.data import sha256

    refuse(sheet, (), f"the SHA-256 of {recipe.data}'s images", info["data_sha256"], sha256(recipe.data, recipe.folder))


def _checkpoint(sheet: Sheet, task: Task) -> Path:
    return sheet.work / "checkpoints" / f"{task.network.id}-{task.recipe.hash}-{task.seed}.pt"


def _refuse_other_engine(sheet: Sheet, content: Content, trainer: str) -> None:
    from regnet.training.engines import NATIVE, TORCH, TORCH_FLOAT32
    from regnet.training.instructions import torch_multiplies_bfloat16

    for stored in engines(content):
        if stored != trainer:
            there = stored in (NATIVE, TORCH if torch_multiplies_bfloat16() else TORCH_FLOAT32)
            raise StoreConflict(
                f"{sheet.regime}/{sheet.name} was trained by engine {stored} and would go on with {trainer}, whose "
                f"numbers differ: {f'go on with --trainer {stored.split()[0]}, or ' if there else ''}train it anew in "
                "another folder (REGNET_RUNS=... REGNET_WORK=...)"
            )


def _compare(sheet: Sheet, content: Content, task: Task) -> None:
    key = sheet.key_of(task.cells)
    if row := content.rows.get(key):
        refuse(sheet, key, "network_id", row["network_id"], task.network.id)
        refuse(sheet, key, "seed", row["seed"], str(task.seed))
        for name, value in task.cells.items():
            if name.startswith("drawn_"):  # a rate or an enlargement is part of no network's id
                refuse(sheet, key, name, row.get(name, ""), cell(value))
