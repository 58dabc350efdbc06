"""Write the pages of the guide: `python -m lab.guide docs/guide`."""

from __future__ import annotations

import argparse
from collections.abc import Mapping
from pathlib import Path

from lab.guide.book import Book
from lab.guide.markdown import MADE_BY, file_of, markdown
from lab.guide.material import material


def files() -> Mapping[str, str]:
    """File's name → its text, of every page."""
    book = Book(material())
    return {file_of(topic): markdown(book.page(topic)) for topic in book.topics}


def main() -> None:
    """Write what differs, and remove pages that were made before and are no longer."""
    parser = argparse.ArgumentParser(prog="python -m lab.guide", description=__doc__)
    parser.add_argument("folder", type=Path)
    folder: Path = parser.parse_args().folder
    folder.mkdir(parents=True, exist_ok=True)
    pages = files()
    for path in folder.glob("*.md"):
        if path.name not in pages and path.read_text(encoding="utf-8").startswith(MADE_BY):
            path.unlink()
            print(f"removed {path}")
    for name, text in pages.items():
        path = folder / name
        if not path.exists() or path.read_text(encoding="utf-8") != text:
            path.write_text(text, encoding="utf-8")
            print(f"wrote {path}")


if __name__ == "__main__":
    main()
