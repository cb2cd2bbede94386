"""Networks that learn a few numbers for each grain or sound: autoencoders, and the trajectory of a piece.

Arrays go in and arrays come out; `granulate.stages.reducers` registers them as reducers. PyTorch is an
extra, `granulate[deep]`: nothing here imports it before something is trained, read or applied.
"""
