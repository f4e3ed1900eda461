"""`qingyuan conformance`: vector files run through the product's own functions."""

from qingyuan.cli.conformance.verb import register

__all__ = ["register"]
