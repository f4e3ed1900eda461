"""Pages of people and rights."""
