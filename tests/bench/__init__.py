"""The benchmark, `make bench`: contenders run as whole processes, in turns, told as ratios with their spread."""
