"""Exact numbers and times: the ground floor. Pure functions, no clock, no files."""
