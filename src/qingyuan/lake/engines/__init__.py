"""Where kernels run over the lake: `local` on this machine. Same figures on each, digit for digit."""
