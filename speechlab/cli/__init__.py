"""The command line: thin commands over the lab, each imported when it is called."""
