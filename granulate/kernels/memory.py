"""Memory as the processor has it: addresses, order between processes, and the cache.

Instructions that Python's arrays do not name, for kernels that share memory or read all over it.
"""

from __future__ import annotations

from typing import Any

from llvmlite.ir import FunctionType, VoidType  # type: ignore[import-untyped]
from numba import types
from numba.core.cgutils import get_or_insert_function
from numba.extending import intrinsic
from numba.np.arrayobj import populate_array


def _place(context: Any, builder: Any, array_type: Any, array: Any, index: Any) -> Any:
    return builder.gep(context.make_array(array_type)(context, builder, array).data, [index])


def _read(_typing: Any, array: Any, index: Any) -> Any:
    def generate(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        return builder.load_atomic(_place(context, builder, signature.args[0], *arguments), "acquire", 8)

    return array.dtype(array, types.intp), generate


def _write(_typing: Any, array: Any, index: Any, value: Any) -> Any:
    def generate(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        place = _place(context, builder, signature.args[0], *arguments[:2])
        builder.store_atomic(arguments[2], place, "release", 8)
        return context.get_dummy_value()

    return types.void(array, types.intp, array.dtype), generate


acquire: Any = intrinsic(_read)
"""acquire(array, index): a word of 8 bytes, and after it all that was written before its release."""
release: Any = intrinsic(_write)
"""release(array, index, value): write a word of 8 bytes, after all that was written before it."""


def _array_at(_typing: Any, address: Any, size: Any) -> Any:
    def generate(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        made = context.make_array(signature.return_type)(context, builder)
        data = builder.inttoptr(arguments[0], context.get_data_type(types.float32).as_pointer())
        item = context.get_constant(types.intp, 4)
        populate: Any = populate_array
        populate(made, data, [arguments[1]], [item], item, meminfo=None)
        return made._getvalue()

    return types.Array(types.float32, 1, "C", readonly=True)(types.int64, types.int64), generate


array_at: Any = intrinsic(_array_at)
"""array_at(address, size): the read-only array of so many float32 there."""


def _prefetched(_typing: Any, address: Any) -> Any:
    def generate(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        pointer, number = context.get_data_type(types.uint8).as_pointer(), context.get_data_type(types.int32)
        kind = FunctionType(VoidType(), [pointer, number, number, number])
        declared: Any = get_or_insert_function
        function = declared(builder.module, kind, "llvm.prefetch.p0")
        place = builder.inttoptr(arguments[0], pointer)
        builder.call(function, [place, number(0), number(3), number(1)])  # to read, soon, data
        return context.get_dummy_value()

    return types.void(types.int64), generate


prefetch: Any = intrinsic(_prefetched)
"""prefetch(address): have that line of the cache fetched, without waiting for it."""
