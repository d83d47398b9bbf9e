"""The host's own tabs; each module has ``build(lab)``, which is called inside the tab."""
