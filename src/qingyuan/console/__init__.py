"""The console: a Django project, one app a noun of its users. It reads through `reading` and writes through `office`."""
