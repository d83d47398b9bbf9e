"""The web page: Gradio for tabs and controls, a few routes and scripts of its own for files, progress and sound."""
