"""Sealing: a sheet's journals, of the whole or of parts, merged into its CSV and JSON under runs/.

Sealing only adds: rows stay byte for byte as they are, but for a failed one whose repetition succeeded. The CSV is
sorted by key, floats are written by `repr`, and sealing twice gives identical bytes.
"""

import hashlib
import json
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from types import MappingProxyType
from typing import Any

from regnet.sweeps import flaws
from regnet.sweeps.journal_lines import Entry, read_journal
from regnet.sweeps.locks import folder_alone
from regnet.sweeps.segments import engine_of, identity
from regnet.sweeps.shards import journals
from regnet.sweeps.sheets import Content, Sheet, StoreConflict, as_csv, cell, next_info, read_pair, read_sealed, refuse
from regnet.sweeps.whole import write_whole

Journals = Mapping[Path, Iterable[Entry]]


def read_sheet(sheet: Sheet, read: Journals = MappingProxyType({})) -> Content:
    """The sealed rows and the journals', merged; `sealed` counts the rows that came from the CSV.

    `read` has the entries of journals that were read already.

    Raises:
        DamagedSheet: CSV and JSON do not belong together.
        StoreConflict: journal and CSV disagree on the network, seed or recipe of a key, or on the engine of all.
        ValueError: a damaged journal.
    """
    return _merged(sheet, read_sealed(sheet), read)


def engines(content: Content) -> set[str]:
    """What trained the rows that did not fail: one engine, or none where there are no such rows."""
    used = {int(row["segment"]) for row in content.rows.values() if row["status"] != "failed"}
    return {engine_of(_segments(content)[number]) for number in used}


def seal(sheet: Sheet) -> Content:
    """Writes the merged rows as `<name>.csv` and `<name>.json`; partial sheets may be sealed.

    Raises:
        FileNotFoundError: neither a journal nor a sealed CSV.
        DamagedSheet, StoreConflict, ValueError: as `read_sheet`.
    """
    sheet.runs.mkdir(parents=True, exist_ok=True)
    with folder_alone(sheet.runs):
        _finish_interrupted(sheet)
        content = _merged(sheet, read_pair(sheet), {})
        if not content.rows:
            raise FileNotFoundError(f"nothing to seal: no finished training in {sheet.journal} or {sheet.csv}")
        write_sealed(sheet, content)
    return read_sealed(sheet)


def write_sealed(sheet: Sheet, content: Content) -> None:
    """Writes rows as CSV and JSON in place of the sealed ones; for who keeps others from sealing meanwhile."""
    text = as_csv(content.columns, (content.rows[key] for key in content.order()))
    counts = Counter(row["segment"] for row in content.rows.values())
    segments = [segment | {"rows": counts[str(i)]} for i, segment in enumerate(_segments(content))]
    info = content.info | {"csv_sha256": hashlib.sha256(text).hexdigest(), "segments": segments}
    _replace_both(sheet, text, (json.dumps(info, indent=1) + "\n").encode())


def _merged(sheet: Sheet, content: Content, read: Journals) -> Content:
    for path in journals(sheet.journal):
        for entry in _entries(sheet, path, content.columns, read[path] if path in read else read_journal(path)):
            _merge(sheet, content, entry)
    if len(trained := engines(content)) > 1:
        raise StoreConflict(
            f"{sheet.regime}/{sheet.name} has rows of engines {' and '.join(sorted(trained))}, whose numbers differ: "
            f"move {sheet.journal} away and train its members by the engine of {sheet.csv.name}"
        )
    return content


def _entries(sheet: Sheet, journal: Path, columns: list[str], entries: Iterable[Entry]) -> Iterator[Entry]:
    """A journal's entries, each of this sheet and with its columns."""
    for entry in entries:
        columns = columns or [*entry.row, "segment"]
        row = {name: cell(value) for name, value in entry.row.items()}
        if {*row, "segment"} != set(columns):
            odd = ", ".join(sorted({*row, "segment"} ^ set(columns)))
            said = f"it has other columns than the rows before: {odd}"
        else:
            said = flaws.in_rows([*row], [row], sheet.key)
        home = (entry.header.get("regime", sheet.regime), entry.header["name"])  # older headers name no regime
        if not said and home != (sheet.regime, sheet.name):
            said = f"it is of {home[0]}/{home[1]}"
        if said:
            raise ValueError(
                f"line {entry.line} of {journal} is no training of {sheet.regime}/{sheet.name} ({said}): move "
                "the journal to where it belongs, or restore it"
            )
        if sheet.recipe_hash:
            refuse(sheet, sheet.key_of(row), "recipe_hash", entry.header["recipe_hash"], sheet.recipe_hash)
        refuse(sheet, sheet.key_of(row), "its design space", entry.header.get("space", ""), sheet.space)
        yield entry


def _merge(sheet: Sheet, content: Content, entry: Entry) -> None:
    """Adds a journal entry to the content unless its row is there already."""
    header, key = entry.header, sheet.key_of(entry.row)
    if not content.info:
        about = {name: header[name] for name in ("recipe", "recipe_hash", "data_sha256", "space") if name in header}
        content.info = {"regime": sheet.regime, "population": sheet.name, **about, "csv_sha256": "", "segments": []}
    for name in ("recipe_hash", "data_sha256"):
        refuse(sheet, key, name, content.info[name], header[name])
    row = {name: cell(value) for name, value in entry.row.items()}
    if old := content.rows.get(key):
        for name in ("network_id", "seed"):
            refuse(sheet, key, name, old[name], row[name])
        if old["status"] != "failed":
            return
    content.columns = content.columns or [*row, "segment"]
    content.rows[key] = row | {"segment": str(_place(content, entry))}


def _segments(content: Content) -> list[dict[str, Any]]:
    return content.info.setdefault("segments", [])  # type: ignore[no-any-return]


def _place(content: Content, entry: Entry) -> int:
    """The number of the entry's segment, which is added or has its dates widened."""
    segments = _segments(content)
    about = dict(entry.header["segment"])
    for number, segment in enumerate(segments):
        if identity(segment) == identity(about):
            segment["first"] = min(segment["first"], entry.date)
            segment["last"] = max(segment["last"], entry.date)
            return number
    segments.append(about | {"first": entry.date, "last": entry.date})
    return len(segments) - 1


def _replace_both(sheet: Sheet, text: bytes, info: bytes) -> None:
    """Both files in an order that `read_sealed` knows: whenever it reads, and wherever this is cut, one JSON fits."""
    write_whole(sheet.next_json, info)
    write_whole(sheet.csv, text)
    sheet.next_json.replace(sheet.json)


def _finish_interrupted(sheet: Sheet) -> None:
    """Gives the JSON of a sealing that was cut its place if its CSV has taken its own, and removes it if not."""
    if sheet.next_json.exists():
        if read_pair(sheet).info.get("csv_sha256") == next_info(sheet).get("csv_sha256"):
            sheet.next_json.replace(sheet.json)
        else:
            sheet.next_json.unlink()
