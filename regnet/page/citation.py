"""How the book is cited: what CITATION.cff says of it, and the day of the newest training that it shows."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from html import escape
from pathlib import Path
from typing import Any

from regnet.sweeps.folders import CHECKOUT, runs_folder
from regnet.sweeps.strict_json import read_object

ARXIV = "https://arxiv.org/abs/"


@dataclass(frozen=True)
class Citation:
    """What a reference to the book names; `date` is of the release, `evidence` of the newest training, both ISO."""

    title: str
    version: str
    authors: tuple[str, ...]
    licence: str
    date: str = ""
    evidence: str = ""
    address: str = ""
    paper: str = ""

    @property
    def arxiv(self) -> str:
        """The paper's number at arXiv, "" where it has none."""
        found = re.search(r"arXiv:([0-9.]+)", self.paper)
        return found[1] if found else ""

    @property
    def edition(self) -> str:
        """Version and day in words.

        >>> Citation("Book", "0.1.0", ("Ann",), "MIT", evidence="2026-11-25").edition
        'version 0.1.0, trainings until 2026-11-25'
        """
        day = self.date or (self.evidence and f"trainings until {self.evidence}")
        return ", ".join(filter(None, [f"version {self.version}", day]))

    def words(self, what: str = "", place: str = "") -> str:
        """One sentence for a list of references, of the book or of a part such as "Figure 5".

        >>> Citation("Book", "0.1.0", ("Ann",), "MIT", "2026-12-01").words("Figure 5")
        'Ann. Figure 5 of Book, version 0.1.0, 2026-12-01.'
        """
        found = f" {self.address}{place}" if self.address else ""
        return f"{', '.join(self.authors)}. {what}{' of ' if what else ''}{self.title}, {self.edition}.{found}"

    def bibtex(self) -> str:
        """Entries for the book and for the paper."""
        year = (self.date or self.evidence)[:4]
        fields = {
            "author": " and ".join(f"{{{name}}}" for name in self.authors), "title": self.title, "year": year,
            "note": self.edition[:1].upper() + self.edition[1:], "url": self.address,
        }  # fmt: skip
        return "\n\n".join(filter(None, [_entry("misc", "regnet-regenerated", fields), self.paper]))

    def footer(self) -> str:
        """What stands at the end of each page: edition, authors, licence, and the entries folded away."""
        said = f"{self.title}, {self.edition}. {', '.join(self.authors)}. Licence of the code and text: {self.licence}."
        about = f' The paper: <a href="{ARXIV}{self.arxiv}">arXiv:{self.arxiv}</a>.' if self.arxiv else ""
        return (
            f'<div class="edition"><p>{escape(said)}{about}</p><details><summary>Cite this book</summary>'
            f"<pre><code>{escape(self.bibtex())}</code></pre></details>"
            "<!-- beside --><!-- /beside --><!-- downloads --><!-- /downloads --></div>"
        )


def citation(address: str = "", checkout: Path = CHECKOUT, runs: Path | None = None) -> Citation:
    """The checkout's CITATION.cff with the newest day of `runs` (default: those that the book reads).

    `address` is where the pages are published, "" where that is not known.

    Raises:
        ValueError: a CITATION.cff that is missing or lacks a field.
    """
    import yaml

    file = checkout / "CITATION.cff"
    try:
        said = yaml.safe_load(file.read_text("utf-8"))
        return Citation(
            said["title"], str(said["version"]), tuple(map(_name, said["authors"])), said["license"],
            str(said.get("date-released", "")), newest(runs_folder() if runs is None else runs),
            f"{address.rstrip('/')}/" if address else "", "\n\n".join(map(_paper, said.get("references", []))),
        )  # fmt: skip
    except (OSError, yaml.YAMLError, TypeError, KeyError) as error:
        raise ValueError(f"{file} does not say how the book is cited: {' '.join(str(error).split())}") from None


def newest(runs: Path) -> str:
    """The day of the newest training in a folder of runs, "" where there is none."""
    sheets = (read_object(path.read_bytes()) for path in runs.glob("*/*.json"))
    return max((str(segment["last"])[:10] for sheet in sheets for segment in sheet["segments"]), default="")


def _name(author: Mapping[str, str]) -> str:
    return author.get("name") or f"{author['given-names']} {author['family-names']}"


def _paper(work: Mapping[str, Any]) -> str:
    """The entry of a work that the book is about."""
    given = [f"{author['family-names']}, {author['given-names']}" for author in work["authors"]]
    notes = [identifier["value"] for identifier in work.get("identifiers", [])]
    key = f"{work['authors'][0]['family-names'].lower()}{work['year']}"
    fields = {
        "author": " and ".join(given), "title": work["title"], "booktitle": work.get("collection-title", ""),
        "year": str(work["year"]), "note": ", ".join(notes),
    }  # fmt: skip
    return _entry("inproceedings", key, fields)


def _entry(kind: str, key: str, fields: Mapping[str, str]) -> str:
    lines = "".join(f"  {name} = {{{value}}},\n" for name, value in fields.items() if value)
    return f"@{kind}{{{key},\n{lines}}}"
