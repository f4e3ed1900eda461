"""What follows from what is known: hours, days and indices of sites and cities, one file a kind."""
