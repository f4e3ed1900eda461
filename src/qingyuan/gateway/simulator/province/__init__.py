"""A made-up province: cities, parks, stacks, outfalls and rivers that hang together, from a seed.

It knows nothing of the rooms that assess, check or trace: it may be used to try them. Nothing in it was measured.
"""

from qingyuan.gateway.simulator.province.source import Province, province

__all__ = ["Province", "province"]
