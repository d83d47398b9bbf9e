"""The tests: a package with a file of its own, since a library that is installed may bring one of the same name."""
