"""How trained weights are made: data folder in, weights and report out. Nothing here ships or runs in the product."""
