"""A program as an ONNX model with its parameters, for any runtime of ONNX.

Blocks that are the same for every example are computed here, and are numbers in the model. The others
have an example to a row, the custom of ONNX, where the program has an example to a column: so a matrix
product with its bias is one Gemm.
"""

from __future__ import annotations

import functools
import itertools
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from autograd._compiler.array_program import (
    ONE,
    ArrayProgram,
    Block,
    Column,
    Gather,
    MatrixProduct,
    Number,
    Operand,
    Piece,
    RaggedSums,
    RowStep,
    Step,
    Sum,
    Term,
    in_order,
)
from autograd._compiler.describe.formulas import Part
from autograd._compiler.describe.lines import Lines
from autograd._compiler.export.interpreter import Interpreter
from autograd._compiler.export.onnx_operators import COMPOSED, OPERATORS, Tensor
from autograd._compiler.export.translate import Translation
from autograd._compiler.row_calls import Kernel
from autograd._support.extras import extra
from autograd._table.numerics import elementary
from autograd._table.rows import Row

__all__ = ["Arrays", "model"]

Numbers = NDArray[Any]

# In float64 onnxruntime lacks Softplus, and has its pieces.
IN_FLOAT32 = {elementary.softplus_array}

OPSET, IR = 17, 8  # of ONNX 1.12, from 2022, which any runtime in use understands


@dataclass(frozen=True)
class Arrays:
    """Names and shapes of the arrays that a program's scalars come from.

    Attributes:
        parameters: by name, the rows of the block of parameters that hold the numbers of each.
        inputs, outputs: the shapes of one example and of its results.
    """

    parameters: Mapping[str, Numbers]
    inputs: tuple[int, ...]
    outputs: tuple[int, ...]


def model(
    program: ArrayProgram,
    theta: Numbers,
    columns: Numbers | None,
    single: bool,
    arrays: Arrays | None = None,
) -> Any:
    """An ``onnx.ModelProto`` of a program; `Portable.to_onnx` says more.

    Args:
        program: the program to translate.
        theta: the numbers of its block of parameters, shape (parameters,).
        columns: the column of X of each scalar of its block of inputs; None if the block is X.
        single: whether the output is one number an example, and not a row of them.
        arrays: names for the initializers, and the shapes of an example and its outputs.
    """
    return _Model(program, theta, columns, arrays).build(single)


class _Model:
    name = "ONNX"

    def __init__(
        self, program: ArrayProgram, theta: Numbers, columns: Numbers | None, arrays: Arrays | None
    ) -> None:
        self.onnx = extra("onnx", "onnx", "to_onnx")
        self.program, self.inputs, self.dtype = program, len(program.columns), theta.dtype
        self.nodes: list[Any] = []
        self.known: dict[Any, str] = {}  # names of nodes, by operator and inputs, and of numbers
        self.initializers: dict[str, Any] = {}
        lines = Lines(program)
        part = lines.outputs
        name = part.of.name if isinstance(part, Part) and part.whole else ""
        self.output = name if name.isascii() and name.isidentifier() and name != "X" else "output"
        self.names = {
            line.block: line.name
            for line in lines.lines
            if line.block and line.name not in ("X", self.output)
        }
        self.arrays = arrays
        self.parameters = [*arrays.parameters] if arrays else []
        self.owners = np.full(program.parameters.size, -1)  # the array that each parameter is part of
        for place, name in enumerate(self.parameters):
            assert arrays is not None
            self.owners[arrays.parameters[name]] = place
        self.labelled: dict[int, tuple[Numbers, str]] = {}  # arrays with names, by their identity
        self.taken = {"X", self.output, *self.names.values()}
        with np.errstate(all="ignore"):
            computed = Interpreter(program, theta, np.zeros((1, program.inputs.size), self.dtype)).arrays
        self.shared = {  # blocks that are the same for all examples
            block: np.asarray(array, self.dtype).ravel()
            for block, array in computed.items()
            if not block.batched
        }
        X = "X"
        if arrays is not None and len(arrays.inputs) != 1:
            X = self.node("Reshape", X, self.whole_numbers([-1, self.inputs]))
        if columns is not None:
            X = self.node("Gather", X, self.whole_numbers(columns), axis=1)
        self.tensors: dict[Block, str] = {program.inputs: X}
        self.partial: set[str] = set()  # products that one sum uses

    def build(self, single: bool) -> Any:
        helper, TensorProto = self.onnx.helper, self.onnx.TensorProto
        for step in self.program.steps:
            if step.block.batched:
                self.step(step)
        result = self.rows(self.program.outputs)
        if not isinstance(result, str) and self.inputs:
            result = self.repeated(result)
        shape: list[Any] = ["examples" if self.inputs else 1]
        if single:
            result = self.node("Squeeze", self.name_of(result), self.whole_numbers([1]))
        elif self.arrays is not None and len(self.arrays.outputs) != 1:
            shape += self.arrays.outputs
            result = self.node(
                "Reshape", self.name_of(result), self.whole_numbers([-1, *self.arrays.outputs])
            )
        else:
            shape.append(len(self.program.outputs))
        kind = TensorProto.FLOAT if self.dtype == np.float32 else TensorProto.DOUBLE
        output = self.renamed(self.name_of(result), self.output)
        if output != self.output:
            self.nodes.append(helper.make_node("Identity", [output], [self.output]))
        self.join_biases()
        example = [self.inputs] if self.arrays is None else self.arrays.inputs
        X = [helper.make_tensor_value_info("X", kind, ["examples", *example])] if self.inputs else []
        labels = ", ".join(filter(None, map(self.label, self.program.outputs.tolist())))
        y = helper.make_tensor_value_info(self.output, kind, shape, labels)
        graph = helper.make_graph(self.nodes, "program", X, [y], list(self.initializers.values()))
        opset = [helper.make_opsetid("", OPSET)]
        model = helper.make_model(graph, producer_name="chainrule", opset_imports=opset, ir_version=IR)
        self.onnx.checker.check_model(model, full_check=True)
        return model

    def label(self, address: int) -> str | None:
        (piece,) = self.program.pieces(np.array([address]))
        return self.program.labels[int(piece.block.lines[piece.rows[0]])]

    def join_biases(self) -> None:
        """Make one Gemm of a product and numbers added to it, where nothing else reads the product."""
        reads = Counter(name for node in self.nodes for name in node.input)
        products = {
            node.output[0]: node for node in self.nodes if node.op_type == "Gemm" and len(node.input) == 2
        }
        for node in [node for node in self.nodes if node.op_type == "Add"]:
            product, bias = sorted(node.input, key=lambda name: name not in products)
            numbers: Any = self.initializers.get(bias)
            is_row = numbers is not None and tuple(numbers.dims)[:-1] in ((), (1,))
            if (
                product not in products
                or reads[product] > 1
                or product == self.output
                or not is_row
                or not numbers.dims
            ):
                continue
            if reads[bias] == 1:
                del numbers.dims[:-1]
            products[product].input.append(bias)
            products[product].output[0] = node.output[0]
            self.nodes.remove(node)

    # -- nodes and numbers ----------------------------------------------------------------------

    def node(self, operator: str, *inputs: Tensor, **attributes: Any) -> str:
        """The result of an operator; equal nodes are one."""
        names = [self.name_of(i) for i in inputs]
        key = (operator, *names, *attributes.items())
        if key not in self.known:
            self.known[key] = f"_t{len(self.nodes)}"  # distinct from every label
            node = self.onnx.helper.make_node(operator, names, [self.known[key]], **attributes)
            self.nodes.append(node)
        return self.known[key]

    def name_of(self, tensor: Tensor) -> str:
        """The name of a tensor; numbers become initializers."""
        if isinstance(tensor, str):
            return tensor
        # A view of all numbers of an array goes by its name: the bias of a Gemm is a row of one.
        owner, label = self.labelled.get(id(tensor if tensor.base is None else tensor.base), (tensor, ""))
        label = label if owner.size == tensor.size else ""
        key = (label, tensor.dtype.str, tensor.shape, tensor.tobytes())
        if key not in self.known:
            self.known[key] = self.fresh(label) if label else f"_k{len(self.initializers)}"
            numbers = self.onnx.numpy_helper.from_array(np.ascontiguousarray(tensor), self.known[key])
            self.initializers[self.known[key]] = numbers
        return self.known[key]

    def fresh(self, label: str) -> str:
        """A name that no tensor has: the label, or one with a number behind it."""
        names = (label if number == 1 else f"{label}.{number}" for number in itertools.count(1))
        name = next(name for name in names if name not in self.taken)
        self.taken.add(name)
        return name

    def label_of(self, pieces: Sequence[Piece]) -> str:
        """The name of the array that shared scalars are part of; empty for scalars of several."""
        if len(pieces) != 1:
            return ""
        block, rows = pieces[0].block, pieces[0].rows
        if block is self.program.parameters:
            owners = np.unique(self.owners[rows])
            return self.parameters[owners[0]] if len(owners) == 1 and owners[0] >= 0 else ""
        return self.names.get(block, "") if self.arrays is not None else ""

    def renamed(self, tensor: str, name: str) -> str:
        """Give a tensor its name in the listing, if the last node computes it."""
        last = self.nodes[-1] if self.nodes else None
        if last is None or last.output[0] != tensor:
            return tensor
        (key,) = (key for key, known in self.known.items() if known == tensor)
        self.known[key] = last.output[0] = name
        return name

    def number(self, x: float) -> Numbers:
        return np.array(x, self.dtype)

    def whole_numbers(self, x: Any) -> Numbers:
        return np.asarray(x, np.int64)

    # -- scalars --------------------------------------------------------------------------------

    def rows(self, addresses: Any) -> Tensor:
        """The scalars at these addresses: shape (examples, scalars) or (1, scalars)."""
        flat = addresses.ravel()
        pieces = self.program.pieces(flat)
        shared = np.empty((1, len(flat)), self.dtype)
        for piece in pieces:
            if not piece.block.batched:
                shared[0, piece.places] = self.shared[piece.block][piece.rows]
        parts: list[Tensor] = []
        places = []
        for piece in pieces:
            if piece.block.batched:
                parts.append(self.part(self.tensors[piece.block], piece.rows, piece.block.size))
                places.append(piece.places)
        if not parts:
            if label := self.label_of(pieces):
                self.labelled[id(shared)] = shared, label
            return shared
        others = np.setdiff1d(np.arange(len(flat)), np.concatenate(places))
        if len(others):
            parts.append(self.repeated(shared[:, others]))
            places.append(others)
        joined = parts[0] if len(parts) == 1 else self.node("Concat", *parts, axis=1)
        return self.part(joined, np.argsort(np.concatenate(places), kind="stable"), len(flat))

    def part(self, tensor: Tensor, rows: Any, size: int) -> str:
        if len(rows) == size and in_order(rows):
            return self.name_of(tensor)
        return self.node("Gather", tensor, self.whole_numbers(rows), axis=1)

    def repeated(self, numbers: Numbers) -> str:
        """Numbers of all examples, repeated for each."""
        examples = self.node("Shape", "X", start=0, end=1)
        shape = self.node("Concat", examples, self.whole_numbers([numbers.shape[1]]), axis=0)
        return self.node("Expand", numbers, shape)

    def weights(self, step: MatrixProduct | RaggedSums) -> Numbers:
        W = self.rows(step.weights)
        assert not isinstance(W, str)  # of a batched product it is the quantities that are batched
        W = W.reshape(step.weights.shape)
        if step.signs is None:
            return W
        _, label = self.labelled.get(id(W if W.base is None else W.base), (W, ""))
        signed: Numbers = W * step.signs.astype(self.dtype)
        if label:
            self.labelled[id(signed)] = signed, f"{label}.signed"
        return signed

    # -- steps ----------------------------------------------------------------------------------

    def step(self, step: Step) -> None:
        block = step.block
        match step:
            case RowStep():
                result = step.evaluate(self.operand, self.apply)
            case Sum(block, terms):
                shared_first = sorted(terms, key=self.is_batched)  # to be the bias of a Gemm
                result = Sum(block, tuple(shared_first)).evaluate(self.operand, self.apply)
            case MatrixProduct():
                result = self.product(step)
            case RaggedSums():
                result = self.ragged_sums(step)
        result = self.name_of(result)
        self.tensors[block] = self.renamed(result, self.names[block]) if block in self.names else result

    def is_batched(self, term: Term) -> bool:
        operands = (o for o in (term.factor, term.quantity) if isinstance(o, Gather))
        return any(piece.block.batched for o in operands for piece in self.program.pieces(o.addresses))

    def operand(self, operand: Operand) -> Tensor:
        match operand:
            case Number(value):
                return self.number(value)
            case Column(numbers):
                return numbers.astype(self.dtype).reshape(1, -1)
            case Gather(addresses):
                return self.rows(addresses)

    def product(self, step: MatrixProduct) -> str:
        _, terms, windows = step.shape
        X, W = self.rows(step.quantities), self.weights(step)
        if windows == 1:
            result = self.node("Gemm", X, W, transB=1)
            if (step.block.lines < 0).all():
                self.partial.add(result)
            return result
        X = self.node("Reshape", X, self.whole_numbers([0, terms, windows]))
        return self.node("Reshape", self.node("MatMul", W, X), self.whole_numbers([0, step.block.size]))

    def ragged_sums(self, step: RaggedSums) -> str:
        """Sums filled up to the length of the longest with 0 times ONE."""
        places, present = step.padded()
        X = self.node(
            "Reshape",
            self.rows(np.where(present, step.quantities[places], ONE)),
            self.whole_numbers([0, *present.shape]),
        )
        products = self.node("Mul", X, np.where(present, self.weights(step)[places], self.number(0)))
        return self.node("ReduceSum", products, self.whole_numbers([2]), keepdims=0)

    # -- rows -----------------------------------------------------------------------------------

    def apply(self, row: Row, *args: Tensor) -> Tensor:
        call, names = row.on_arrays, [a for a in args if isinstance(a, str)]
        if not names:
            return np.asarray(call(*args), self.dtype)
        if call is np.add and len(names) == 1 and names[0] in self.partial:
            return self.with_bias(names[0], *(a for a in args if not isinstance(a, str)))
        in_pieces = call is np.where or (call in IN_FLOAT32 and self.dtype != np.float32)
        if call in OPERATORS and not in_pieces:
            return self.node(OPERATORS[call], *args)
        kernel = Kernel(self.dtype)
        symbols = [kernel.symbol(i) for i in range(len(args))]
        known: dict[Any, Tensor] = dict(zip(symbols, args, strict=True))
        for i, a in enumerate(args):
            if not isinstance(a, str) and a.ndim == 0:
                symbols[i] = float(a)  # type: ignore[call-overload]
        result: Tensor = Translation(self, row, known).numbers(kernel.applied(row, symbols))
        return result

    def with_bias(self, product: str, bias: Numbers) -> str:
        last = self.nodes[-1]
        if last.output[0] != product or len(last.input) > 2:
            return self.node("Add", product, bias)
        self.nodes.pop()
        del self.known["Gemm", *last.input, ("transB", 1)]
        return self.node("Gemm", *last.input, bias.ravel(), transB=1)

    def function(self, call: Any) -> Callable[..., Tensor] | None:
        if call in OPERATORS:
            return functools.partial(self.node, OPERATORS[call])
        return functools.partial(COMPOSED[call], self) if call in COMPOSED else None

    def where(self, condition: Tensor, x: Tensor, y: Tensor) -> str:
        return self.node("Where", condition, x, y)

    def nonzero(self, numbers: Tensor) -> str:
        return self.node("Not", self.node("Equal", numbers, self.number(0)))
