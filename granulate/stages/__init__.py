"""The stages, one section of a preset in each file. They never import one another."""
