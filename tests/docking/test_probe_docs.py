"""docs/probes.md names every error word as people read it, and what it counts as."""

from pathlib import Path

from django.utils.translation import override

from docking.models import Word

DOCUMENT = Path(__file__).parents[2] / "docs/probes.md"
UNCLEAR = {"address", "names", "network"}


def test_every_word_stands_in_the_document():
    with override("zh-hans"):
        lines = [
            f"| `{word}` | {word.label} | {'could not tell' if word in UNCLEAR else 'down'} |"
            for word in Word
        ]
    text = DOCUMENT.read_text(encoding="utf-8")
    assert [one for one in text.splitlines() if one.startswith("| `")][: len(lines)] == lines
