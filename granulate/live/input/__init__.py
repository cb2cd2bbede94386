"""What the instrument hears: the device's input as a target that grains follow, and as new grains."""
