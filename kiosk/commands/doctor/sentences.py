"""Takes a sentence of ours apart: what was found, and the remedy that stands behind its first semicolon."""

from __future__ import annotations


def parted(sentence: str, *, otherwise: str) -> tuple[str, str]:
    """What was found and what to do; `otherwise` for a sentence that has no remedy of its own."""
    found, _, remedy = sentence.partition("; ")
    return found.strip(), remedy.strip() or otherwise
