"""The console: a Django project, one app a noun of its users. Reads through `reading`, writes through `office`."""
