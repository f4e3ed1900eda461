"""`qingyuan conformance`: vector files run through the product itself."""
