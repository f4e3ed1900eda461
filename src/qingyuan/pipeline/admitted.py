"""Which quarantined leaves an admission takes in: one rule for the pipeline and for the retention."""

from __future__ import annotations

from qingyuan.evidence.leaf import FrameLeaf, Leaf, Verdict
from qingyuan.hj212 import decode
from qingyuan.registry.records import Admission


def takes_in(admission: Admission, index: int, leaf: Leaf) -> bool:
    """True for a frame of the logger admitted, refused only because nobody knew it, at a place that is named."""
    return (admission.from_leaf <= index < admission.to_leaf and isinstance(leaf.payload, FrameLeaf)
            and leaf.payload.verdict is Verdict.UNKNOWN_MN and decode(leaf.payload.masked).mn == admission.mn)
