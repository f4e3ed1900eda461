"""A small separate process with a key of its own: checks that ledgers only grow, and co-signs their checkpoints."""

from qingyuan.witness.alarm import Alarm, What
from qingyuan.witness.follow import follow, visit_once
from qingyuan.witness.store import Store
from qingyuan.witness.visit import Outcome, visit, visit_all

__all__ = ["Alarm", "Outcome", "Store", "What", "follow", "visit", "visit_all", "visit_once"]
