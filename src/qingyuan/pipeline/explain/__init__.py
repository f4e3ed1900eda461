"""From a published figure down to its telegrams: steps, leaves, publication, and what changed since."""

from qingyuan.pipeline.explain.explanation import Change, Explanation, NoSuchFigure, explain, write_bundle

__all__ = ["Change", "Explanation", "NoSuchFigure", "explain", "write_bundle"]
