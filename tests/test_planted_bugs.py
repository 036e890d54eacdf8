"""The tests are tested: each bug, planted in a copy of the engine, must make them fail.

A test that no planted bug can fail is a defect. The text a bug replaces must be there exactly as
often as said, so that this list cannot go stale unnoticed.
"""

import compileall
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]

# the bug, the file, what stands there, what is put there, the tests that must notice
BUGS = [
    (
        "= for += in the fast sweep",
        "autograd/_derivatives/value_sweep",
        "    b._adjoint += {second}",
        "    b._adjoint = {second}",
        "autograd/test_graph_shapes",
    ),
    (
        "= for += in the general sweep",
        "autograd/_derivatives/sweeps",
        "gradients[parent] + contribution if parent in gradients else contribution",
        "contribution",
        "autograd/test_transforms",
    ),
    (
        "a node swept before its last use has spoken",
        "autograd/_derivatives/value_sweep",
        "    if b._uses == 1:",
        "    if b._uses:",
        "autograd/test_graph_shapes",
    ),
    (
        "an adjoint for the branch that was not taken",
        "autograd/_derivatives/sweeps",
        "    relevant = [node for node in order if node in carrying]",
        "    relevant = order",
        "autograd/test_untaken_branches",
    ),
    (
        "depth-first order without waiting for all uses",
        "autograd/_derivatives/sweeps",
        "    for node in reversed(order):\n        for parent, contribution in",
        "    for node in sorted(order, key=lambda n: n is not root):\n        for parent, contribution in",
        "autograd/test_transforms",
    ),
    (
        "a leaf that holds the gradient whose graph leads back to it",
        "autograd/_graph/recorded_gradients",
        "self._nodes = [LabelledReference(node) for node in order]",
        "self._nodes = [(lambda node: lambda: node)(node) for node in order]",
        "autograd/test_recorded_gradients",
    ),
    (
        "what one pickler has written is taken for written by another",
        "autograd/_nodes/pickling",
        "if written is None or node in written.nodes:",
        "if written is None:",
        "autograd/test_pickling",
    ),
    (
        "ancestors are pickled again for each node",
        "autograd/_nodes/pickling",
        "or parent in written or parent in seen",
        "or parent in seen",
        "autograd/test_pickling",
    ),
    (
        "a pickler asks for a node before its ancestors",
        "autograd/_nodes/pickling",
        "_Ahead(written, nodes) if nodes else written",
        "written",
        "autograd/test_pickling",
    ),
    (
        "a listing that says less than it leaves out",
        "autograd/_compiler/describe/text",
        "{len(several) - SHOWN:,}",
        "{len(several) - most:,}",
        "autograd/compiler/test_text::test_many_lines_are_cut_with_their_count",
    ),
    (
        "a collector that looks seldom for ever after an exception",
        "autograd/_support/collector",
        "        _thresholds.clear()",
        "        _thresholds.clear()\n        gc.set_threshold(OBJECTS)",
        "autograd/test_collector",
    ),
    (
        "a collector that looks seldom between the steps as well",
        "nn/_training/loop",
        "            with spared():\n                return self._eagerly(x, y)",
        "            spared().__enter__()\n            return self._eagerly(x, y)",
        "nn/test_training::test_the_garbage_collector_is_spared_in_the_steps_and_not_between",
    ),
    (
        "rows of an array that are added to an adjoint other nodes share",
        "autograd/_derivatives/tensor_sweep",
        "if indexes and data.ndim:",
        "if data.ndim:",
        "autograd/test_tensor::test_the_array_walk_is_the_general_walk",
    ),
    (
        "an indexed part that is left out where several were taken",
        "autograd/_derivatives/sweeps",
        'indices = tuple(part._params["index"] for part in parts)',
        'parts = parts[:2]\n    indices = tuple(part._params["index"] for part in parts)',
        "autograd/test_tensor::test_second_derivatives_through_a_loop_over_rows",
    ),
    (
        "indexed parts that contribute before the last of them has its gradient",
        "autograd/_derivatives/sweeps",
        "if node is not group[0]:",
        "if node is not group[-1]:",
        "autograd/test_tensor::test_second_derivatives_through_a_loop_over_rows",
    ),
    (
        "a row with a name that hides a variable of generated code",
        "autograd/_table/define",
        "if row.key in RESERVED or PATTERN.fullmatch(row.key):",
        "if PATTERN.fullmatch(row.key):",
        "autograd/test_rows::test_a_row_cannot_take_a_name_that_generated_code_has_for_itself",
    ),
    (
        "LaTeX whose braces close before they open",
        "autograd/_table/rows",
        "if depths and (depths[-1] or min(depths) < 0):",
        "if depths and depths[-1]:",
        "autograd/test_rows::test_a_row_that_does_not_fit_together_says_what_is_wrong",
    ),
    (
        "a joint row that looks for the places of all parts for each of them",
        "autograd/_table/array_rows",
        "return _Parts(self.transpose(g, *inputs, **params))",
        "return self",
        "autograd/test_tensor::test_what_is_joined_is_cut_once_and_not_for_each_part",
    ),
    (
        "a label that is lost with the node of a recorded gradient",
        "autograd/_graph/recorded_gradients",
        "node.label = reference.label = self._nodes[j].label",
        "pass",
        "autograd/test_recorded_gradients::test_a_label_given_to_a_recorded_gradient_stays",
    ),
    (
        "gradients that are read again and again are recorded again for ever",
        "autograd/_graph/recorded_gradients",
        "PATIENCE * len(self._nodes)",
        "1e9 * len(self._nodes)",
        "autograd/test_recorded_gradients::test_gradients_read_one_by_one_are_not_recorded_again_for_ever",
    ),
    (
        "parents as a set",
        "autograd/_graph/node",
        "tuple(p for p in self._links() if p is not None)",
        "tuple({p for p in self._links() if p is not None})",
        "autograd/test_graph_shapes",
    ),
    (
        "a wrong sign in one partial",
        "autograd/_table/rules",
        '("-sin(x)",)',
        '("sin(x)",)',
        "autograd/test_gradcheck",
    ),
    (
        "a dropped factor in one second derivative",
        "autograd/_table/rules",
        '("-2 * out * tanh(x)",)',
        '("-out * tanh(x)",)',
        "autograd/test_gradcheck",
    ),
    (
        "a row from outside that is not compared with differences",
        "autograd/extend/_define",
        "    if check:\n",
        "    if False:\n",
        "autograd/test_extend::test_of_several_rows_all_are_added_or_none",
    ),
    (
        "code for a first derivative that is silent about the second",
        "autograd/extend/_functions",
        "[self.refusal(FIRST, arity)] * arity",
        '["0"] * arity',
        "autograd/test_derivatives_as_code::test_a_second_derivative_of_code_is_an_error_that_says_what_to_write",
    ),
    (
        "a program with the gradient of a mean through a clipped one",
        "autograd/_compiler/find/tape",
        "if row.reverse_only and np.any(",
        "if False and np.any(",
        "autograd/test_derivatives_as_code::test_a_compiled_program_refuses_the_gradient_of_a_mean_through_it",
    ),
    (
        "unbroadcasting without summing",
        "autograd/_table/array_rules/linear",
        "np.add.reduce(x, axis=axes, keepdims=True)",
        "np.maximum.reduce(x, axis=axes, keepdims=True)",
        "autograd/test_tensor::test_gradients_of_broadcast_operands_have_the_operands_shapes",
    ),
    (
        "tie weights of a reduction that do not sum to one",
        "autograd/_table/array_rules/linear",
        "ties / np.add.reduce(ties, axis=axis, keepdims=True)",
        "ties / 1.0",
        "autograd/test_tensor::test_ties_of_max_share_equally",
    ),
    (
        "tie weights of maximum that do not sum to one",
        "autograd/_table/numerics/elementary",
        "0.5 if x == y else 0.0",
        "1.0 if x == y else 0.0",
        "autograd/test_precision::test_the_kinks",
    ),
    (
        "a pause that an interrupt leaves on",
        "autograd/_graph/context",
        "return not self.ended and (self.left or self.block() is not None)",
        "return not self.ended",
        "autograd/test_context::test_an_interrupt_on_the_way_out_leaves_no_state_on",
    ),
    (
        "a gradient computed from a leaf's new number",
        "autograd/_derivatives/value_sweep",
        "**dict(zip(row.inputs, (number for _, number in SLOTS[row.arity]), strict=True))",
        '**dict(zip(row.inputs, (f"{node}._primal" for node, _ in SLOTS[row.arity]), strict=True))',
        "autograd/test_value",
    ),
    (
        "an adjoint shared between two leaves",
        "autograd/_derivatives/tensor_sweep",
        "contribution = contribution.copy()",
        "pass",
        "autograd/test_tensor::test_gradients_share_memory_with_nothing",
    ),
    (
        "= for += in the array sweep",
        "autograd/_derivatives/tensor_sweep",
        "contribution = gradients[parent] + contribution",
        "pass",
        "autograd/test_tensor::test_the_array_walk_is_the_general_walk",
    ),
    (
        "a Tensor swept before its last use has spoken",
        "autograd/_derivatives/tensor_sweep",
        "if not uses[parent]:",
        "if uses[parent] == 1:",
        "autograd/test_tensor::test_a_node_is_swept_only_after_its_last_use",
    ),
    (
        "a dot product with many matrices that pairs them",
        "autograd/_functions/matrices/dot",
        "rows.matmul(a, b) if a.ndim == 1 or b.ndim < 3 else _dot_of_many(a, b)",
        "rows.matmul(a, b)",
        "autograd/test_numpy_names::test_it_means_what_it_means_in_numpy[dot]",
    ),
    (
        "an argument of NumPy's that is not looked at",
        "autograd/_nodes/tensor",
        'refuse("sum", dtype=_other(dtype, self), out=out, initial=initial, where=where)',
        "pass",
        "autograd/test_numpy_names::test_a_method_means_what_an_arrays_does[sum]",
    ),
    (
        "an argument that a function of arrays does not take, and is silent about",
        "autograd/_functions/dispatch",
        "refuse(self.name, **{argument: non_default[argument]})",
        "pass",
        "autograd/test_numpy_names::test_it_means_what_it_means_in_numpy[concatenate]",
    ),
    (
        "a refusal that does not name the argument",
        "autograd/_support/numpy_functions",
        "takes no {argument}={value!r:.60}: {instead}",
        "takes no such argument: {instead}",
        "autograd/test_numpy_names::test_it_means_what_it_means_in_numpy[sum]",
    ),
    (
        "a function that is declared and has no public name",
        "autograd/_functions/arranging/places",
        '"repeat", "resize", "roll"',
        '"repeat", "roll"',
        "autograd/test_package",
    ),
    (
        "an example whose result is not that of the row",
        "autograd/_table/row_documents",
        "out = row.on_floats(*point)",
        "out = 2 * row.on_floats(*point)",
        "autograd/test_package",
    ),
    (
        "a running sum that is sent back from the wrong end",
        "autograd/_table/array_rules/linear",
        "return getitem(cumsum(getitem(g, index=index), axis=axis), index=index)",
        "return cumsum(g, axis=axis)",
        "autograd/test_array_functions::test_a_row_and_its_transpose",
    ),
    (
        "a standard deviation of equal numbers with a derivative of nan",
        "autograd/_functions/reducing/reductions",
        'return lookup("_length")(var(',
        'return lookup("sqrt")(var(',
        "autograd/test_array_functions::test_std_of_equal_numbers_has_no_derivative_and_says_0",
    ),
    (
        "an inner derivative confused with an outer",
        "autograd/_derivatives/traces",
        'node: Node = lookup("_identity")(x)',
        "node: Node = x",
        "autograd/test_transforms::test_perturbations_are_not_confused",
    ),
    (
        "an accuracy of half the outputs",
        "nn/_measures/classification",
        "(outputs.reshape(-1) > output_threshold)",
        "(outputs.reshape(-1) > 0)",
        "nn/test_classification",
    ),
    ("a batch's sum for its mean", "nn/_measures/costs", "total / len(each) if", "total if", "nn/test_costs"),
    (
        "a softmax left out",
        "nn/_measures/costs",
        "logsumexp(a - middle",
        "(lambda x, axis: sum(x * x, axis=1))(a - middle",
        "nn/test_costs",
    ),
    (
        "a net whose graph is cut, trained all the same",
        "nn/_training/loop",
        "            check_reached(c, self.moving)\n",
        "",
        "nn/test_training::test_a_net_whose_graph_is_cut_is_told_before_a_step",
    ),
    (
        "a compiled net whose graph is cut, trained all the same",
        "nn/_training/compiled",
        "        check_reached(c, params)\n",
        "        pass\n",
        "nn/test_training::test_a_net_whose_graph_is_cut_is_told_before_a_step",
    ),
    (
        "momentum that forgets",
        "nn/_training/optimizers",
        "self.momentum * velocity + g",
        "g",
        "nn/test_optimizers",
    ),
    (
        "Adam without its correction",
        "nn/_training/optimizers",
        "v / (1 - self.beta2**t)",
        "v",
        "nn/test_optimizers",
    ),
    (
        "a bias forgotten",
        "nn/_nets/layers",
        "affine(self.W, a, self.b)",
        "affine(self.W, a, None)",
        "nn/test_layers",
    ),
    (
        "examples in their old order",
        "nn/_training/loop",
        "self.task.rng.permutation(n)",
        "np.arange(n)",
        "nn/test_training",
    ),
    (
        "a diverged step that is kept",
        "nn/_training/loop",
        "            assign(self.params, before)\n            if ours",
        "            if ours",
        "nn/test_training::test_ctrl_c_in_the_middle_of_a_step_leaves_no_half_of_it",
    ),
    (
        "a memory of the step that was taken back",
        "nn/_training/loop",
        "                ours.memory = memory\n",
        "                pass\n",
        "nn/test_training::test_the_optimizer_remembers_nothing_of_a_step_that_is_taken_back",
    ),
    (
        "a mask of dropout that a program keeps",
        "nn/_training/compiled",
        "    if effect or difference:\n",
        "    if difference:\n",
        "nn/test_modes::test_a_mask_is_never_frozen_into_a_program",
    ),
    (
        "a running mean of a step that was taken back",
        "nn/_training/loop",
        "                before.put_back()\n",
        "                pass\n",
        "nn/test_modes::test_the_net_is_as_before_a_step_that_fails",
    ),
    (
        "a logit that is divided in the middle of 0 and 1",
        "nn/_measures/classification",
        "return 0.0 if is_symmetric",
        "return None if is_symmetric",
        "nn/test_classification::test_a_cost_says_whether_it_takes_an_output_for_a_logit",
    ),
    (
        "a gradient that is squared though its square overflows",
        "nn/_training/optimizers",
        "if not _has_square(g) or ",
        "if ",
        "nn/test_optimizers::test_a_gradient_whose_square_overflows_moves_adam_by_the_rate_too",
    ),
    (
        "a minus read as a plus",
        "viz/_formulas/setting",
        '_applied("sub", result, ',
        '_applied("add", result, ',
        "viz/test_formulas",
    ),
    (
        "the last of several gains for their sum, on the page",
        "viz/_page/recording",
        "recording.gradient[link.source] = total",
        "recording.gradient[link.source] = product",
        "viz/test_page",
    ),
    (
        "width by the derivative's square",
        "viz/_layout/themes",
        "abs(link.number)) ** 0.5",
        "abs(link.number)) ** 2",
        "viz/test_chain",
    ),
    (
        "a picture of the gradients that backward left",
        "viz/_pictures/picture",
        "slopes |= _swept(total, nodes)",
        "slopes |= {node: node.grad for node in nodes if node.grad is not None}",
        "viz/test_gradients",
    ),
    (
        "the derivative where another argument is",
        "viz/_formulas/derivatives",
        "trace(data=use.operation.inputs[use.place])",
        "trace(data=use.operation.inputs[0])",
        "viz/test_derivatives",
    ),
    (
        "the branch that where did not take, for the one that it took",
        "viz/_formulas/derivatives",
        "args[1 if node.inputs[0] else 2]",
        "args[2 if node.inputs[0] else 1]",
        "viz/test_derivatives",
    ),
    (
        "a sum of some uses that is called the derivative",
        "viz/_pictures/steps",
        "whole if last else None",
        "whole",
        "viz/test_page",
    ),
    (
        "a subtracted sum with the signs of an added one",
        "autograd/_compiler/find/vectorize",
        "sign, whole = sign * sign[whole], further",
        "whole = further",
        "autograd/compiler/test_exact::test_random_programs",
    ),
    (
        "a sum that depends on the terms of every other",
        "autograd/_compiler/array_program",
        "terms = np.repeat(mask, self.sizes)",
        "terms = np.repeat(np.ones_like(mask), self.sizes)",
        "autograd/compiler/test_array_program",
    ),
    (
        "the formula of one window for all",
        "autograd/_compiler/array_program",
        "self._sum(place, self.quantities[:, window])",
        "self._sum(place, self.quantities[:, 0])",
        "autograd/compiler/test_lines",
    ),
    (
        "the weights of one window for all",
        "autograd/_compiler/find/matrices",
        "windows[kind, terms, len(rows), weights, signs]",
        'windows[kind, terms, len(rows), "", signs]',
        "autograd/compiler/test_exact::test_ragged_and_sparse_connections",
    ),
    (
        "a second use that takes the place of the first",
        "autograd/_compiler/numpy_code/scatter",
        "if filled is Filled.UNWRITTEN:",
        "if True:",
        "autograd/compiler/test_exact",
    ),
    (
        "an adjoint shared by two who add to it",
        "autograd/_compiler/numpy_code/scatter",
        "alone = block not in self._arrays and self._uses[block] == 1",
        "alone = block not in self._arrays",
        "autograd/compiler/test_exact::test_random_programs",
    ),
    (
        "a buffer taken again while it is needed",
        "autograd/_compiler/numpy_code/calls",
        "and a not in self.kept",
        "",
        "autograd/compiler/test_exact",
    ),
    (
        "what two arguments gain in the adjoint of one",
        "autograd/_compiler/numpy_code/elementwise",
        "contribution not in self.arrays and times[contribution] == 1",
        "contribution not in self.arrays",
        "autograd/compiler/test_exact::test_bands_whose_windows_overlap_and_share_factors",
    ),
    (
        "two labels that Python reads as one name",
        "autograd/_compiler/numpy_code/names",
        'unicodedata.normalize("NFKC", text.replace("-", " minus "))',
        'text.replace("-", " minus ")',
        "autograd/compiler/test_source",
    ),
    (
        "a contribution in plain arithmetic that takes the place of another",
        "autograd/_compiler/run/scalar_code",
        '"+=" if argument in written else "="',
        '"="',
        "autograd/compiler/test_exact",
    ),
    (
        "a gradient written to again while it is looked at",
        "autograd/_compiler/run/batches",
        "self.references = views + 2",
        "self.references = views + 3",
        "autograd/compiler/test_run",
    ),
    (
        "a nan that a zero of a matrix made",
        "autograd/_compiler/run/fallbacks",
        "unseen and not np.isfinite(outputs).all()",
        "False",
        "autograd/compiler/test_program",
    ),
    (
        "an overflow that nobody notices",
        "autograd/_compiler/run/fallbacks",
        'over="raise"',
        'over="ignore"',
        "autograd/compiler/test_program",
    ),
    (
        "a tolerance that is the same for numbers of every size",
        "nn/_training/compiled",
        "leeway(self.program, *arrays, value, of=_mean_cost)",
        "np.array(1e-9)",
        "nn/test_compiled::test_the_check_holds_numbers_of_every_size_to_their_own_digits",
    ),
    (
        "momentum that moves what has no gradient",
        "nn/_training/loop",
        "self._moved = None if len(moved) == len(self.moving) else moved",
        "self._moved = None",
        "nn/test_compiled::test_what_the_cost_does_not_depend_on_stays_where_it_is",
    ),
    (
        "both branches of a choice guarded by the same condition",
        "autograd/_compiler/find/guards",
        "_both(c, False, need)",
        "_both(c, True, need)",
        "autograd/compiler/test_guards",
    ),
    (
        "a guard of what is needed elsewhere too",
        "autograd/_compiler/find/guards",
        "needs[place] = _either(needs[place], need)",
        "needs[place] = need",
        "autograd/compiler/test_guards",
    ),
    (
        "an error about a derivative that nobody asked for",
        "autograd/_compiler/run/reference",
        "adjoints(output, 1.0, wrt=leaves)",
        "adjoints(output, 1.0)",
        "autograd/compiler/test_reference::test_no_error_is_about_a_derivative_that_nobody_asked_for",
    ),
    (
        "what the arrays gave in place of what the engine has",
        "autograd/_compiler/run/fallbacks",
        "np.array(values)[:, np.newaxis]",
        "np.full((len(values), 1), np.nan)",
        "autograd/compiler/test_reference::test_forty_examples_are_the_engine_but_for_the_rounding_of_a_sum",
    ),
    (
        "a pause that outlives the context that entered it",
        "autograd/_graph/context",
        "            mark.ended = True",
        "            pass",
        "autograd/test_context::test_a_generator_left_in_a_copy_of_the_context_ends_its_pause_everywhere",
    ),
    (
        "a switch that is off while a copy of a context is paused",
        "autograd/_graph/context",
        "SWITCHES[self._switch] = bool(self._alive)",
        "SWITCHES[self._switch] = bool(self.marks.get())",
        "autograd/test_context::test_a_copy_of_a_context_keeps_what_it_was_copied_with",
    ),
    (
        "a decorated generator that pauses whoever runs it",
        "autograd/_graph/context",
        "        with new():\n            return advance(*sent)",
        "        new().__enter__()\n        return advance(*sent)",
        "autograd/test_context::test_a_decorated_generator_pauses_while_it_runs",
    ),
    (
        "a number that math takes of what is differentiated",
        "autograd/_graph/leaving",
        "refusing() and Tracing.differentiates(node)",
        "refusing() and not Tracing.differentiates(node)",
        "autograd/test_leaving",
    ),
    (
        "a Value stored among numbers",
        "autograd/_graph/leaving",
        "if doing == STORING and refusing():",
        "if doing is None and refusing():",
        "autograd/test_leaving::test_outside_of_transforms_a_value_is_right_or_refused",
    ),
    (
        "an array of a Tensor's numbers",
        "autograd/_graph/leaving",
        "    if refusing() and _instruction(depth + 1) != FORMATTING and not only_compares(depth + 1):",
        "    if False:",
        "autograd/test_leaving::test_outside_of_transforms_a_tensor_is_right_or_refused",
    ),
    (
        "a result that is cut as a whole and has the derivative 0",
        "autograd/_derivatives/traces",
        "if taken_out is not None and self._graph.isdisjoint(self.variables):",
        "if taken_out is nodes:",
        "autograd/test_leaving::test_a_result_that_is_cut_as_a_whole_is_an_error",
    ),
    (
        "a transform that forgets what its function closed over",
        "autograd/_derivatives/traces",
        "(self._nodes_were_passed or bool(self._outside))",
        "self._nodes_were_passed",
        "autograd/test_transforms::test_a_gradient_penalty_acts_on_the_parameters_behind_it",
    ),
    (
        "results of a transform that are one array",
        "autograd/_derivatives/traces",
        "return x.copy() if isinstance(x, np.ndarray) else x",
        "return x",
        "autograd/test_transforms::test_results_share_no_memory_with_each_other_or_with_the_arguments",
    ),
    (
        "a constant that is kept because its own flag says read-only",
        "autograd/_support/entering",
        "    return _locked.get(id(base)) is base",
        "    return True",
        "autograd/test_tensor::test_a_read_only_constant_that_another_view_writes_to",
    ),
    (
        "a mask that is dropped",
        "autograd/_support/entering",
        '    if masked or not getattr(x, "is_plain", False):',
        '    if not masked and not getattr(x, "is_plain", False):',
        "autograd/test_tensor::test_masks_are_not_dropped",
    ),
    (
        "the derivative of one of two that tie, by NumPy",
        "autograd/_nodes/operators",
        "recording() and not is_operator(depth=1)",
        "recording() and is_operator(depth=9)",
        "autograd/compiler/test_frozen::test_numpy_does_not_choose_one_of_two_that_tie",
    ),
    (
        "three that tie share as a row of maxima does",
        "autograd/_functions/value_arrays",
        "    if len(others) < 2:\n",
        "    if len(others) < 9:\n",
        "autograd/compiler/test_frozen::test_all_that_tie_share_equally_also_in_programs",
    ),
    (
        "a comparison recorded with the numbers of later",
        "autograd/_nodes/operators",
        "record = functools.partial(_recorded_truth, row, truth != negated, nodes, numbers)",
        "record = lambda: lookup(row)(*[x if n is None else n for n, x in zip(nodes, numbers)])",
        "autograd/compiler/test_frozen::test_a_condition_is_recorded_with_the_numbers_that_were_compared",
    ),
    (
        "a look that goes all the way back each time",
        "autograd/_graph/tracing",
        "and id(parent) not in cls._independent:",
        "and parent:",
        "autograd/test_leaving::test_many_looks_at_what_is_not_differentiated_take_linear_time",
    ),
    (
        "a comparison recorded the other way round",
        "autograd/_nodes/operators",
        '"__gt__": _compare(operator.gt, "_less", swapped=True),',
        '"__gt__": _compare(operator.gt, "_less"),',
        "autograd/compiler/test_frozen::test_a_choice_that_is_recorded_is_made_by_each_example",
    ),
    (
        "a look at a number that nobody keeps, forgotten",
        "autograd/_graph/concretization",
        "        for reference in nearest:\n",
        "        for reference in ():\n",
        "autograd/compiler/test_frozen::test_a_choice_that_is_frozen_is_told",
    ),
    (
        "a warning of looks that decided nothing",
        "autograd/_compiler/program",
        "(id(node) in results and line not in used)",
        "False",
        "autograd/compiler/test_frozen::test_a_look_that_decides_nothing_is_not_told",
    ),
    (
        "an array of Values whose maximum is NumPy's",
        "autograd/_functions/value_arrays",
        "            if row is not None and ufunc.signature is None:",
        "            if row is not None and ufunc.signature:",
        "autograd/test_value_arrays",
    ),
    (
        "a diagonal of einsum put back everywhere",
        "autograd/_table/array_rules/products",
        "np.eye(n, dtype=g.dtype) if twice",
        "np.ones((n, n), g.dtype) if twice",
        "autograd/test_linalg::test_the_reverse_mode_is_the_transpose_of_the_forward_mode",
    ),
    (
        "the second derivative of a determinant by the inverse of a singular matrix",
        "autograd/_table/array_rules/matrices",
        "    if _is_nearly_singular(x._primal):",
        "    if not x.size:",
        "autograd/test_linalg::test_the_determinant_of_a_singular_matrix_has_its_derivatives",
    ),
    (
        "a pseudo-inverse of full rank with projections that are rounding",
        "autograd/_table/array_rules/spectra",
        "return bool((_ranks(A, B) < A.shape[-2]).any())",
        "return True",
        "autograd/test_linalg::test_a_pseudo_inverse_of_full_rank_is_the_inverse_and_one_of_low_rank_is_none",
    ),
    (
        "a tangent by the order of its keys",
        "autograd/_derivatives/structures",
        "        others = [other[key] for key in x]",
        "        others = list(other.values())",
        "autograd/test_structures::test_functions_of_functions_of_containers",
    ),
    (
        "attributes of a copy that lead back to the original",
        "autograd/_nodes/copying",
        "set_attributes(copied, copy.deepcopy(own, memo))",
        "set_attributes(copied, own)",
        "autograd/test_subclasses::test_attributes_that_are_nodes_stay_in_one_graph",
    ),
    (
        "nodes of one sweep taken for updates",
        "autograd/_graph/growing",
        "before is not None and before.sweep < _latest",
        "before is not None",
        "autograd/test_growing::test_other_loops_are_let_alone",
    ),
    (
        "a child that goes on with the sweep of a thread that it does not have",
        "autograd/_derivatives/value_sweep",
        "        _undo(*_underway.pop(thread))",
        "        _underway.pop(thread)",
        "autograd/test_locks::test_a_child_takes_a_sweep_back_that_another_thread_was_in",
    ),
    (
        "a warning that names a line of nn",
        "autograd/_support/callers",
        'for package in ("autograd", "nn", "viz")',
        'for package in ("autograd", "viz")',
        "test_warnings",
    ),
    (
        "True for a whole number",
        "autograd/_support/checks",
        "(int, np.integer)) and not isinstance(x, bool)",
        "(int, np.integer))",
        "autograd/test_checks",
    ),
    (
        "a write-protected file that is replaced",
        "autograd/_support/atomic",
        "target.exists() and not os.access(target, os.W_OK)",
        "False",
        "test_paths_and_files::test_a_write_protected_file_is_not_replaced",
    ),
    (
        "an index of an index that is written twice",
        "viz/_mathematics/typeset",
        '"".join(text.split())',
        '"".join(to_text(m).split())',
        "viz/test_typeset::test_a_level_more_of_a_label_takes_a_level_more_of_work",
    ),
    (
        "the largest of an example that was recorded, taken out of all",
        "autograd/_functions/reducing/exponentials",
        '    top = _reduce_in_pairs(lookup("_top"), values)',
        "    top = max(values)",
        "autograd/test_functions_of_numbers::test_a_program_takes_out_the_largest_of_each_example",
    ),
    (
        "a zero of a slope with the digits of one float",
        "autograd/_table/numerics/activations",
        "    off = (z - SILU_BEND) - SILU_BEND_REST\n    t = math",
        "    off = z - SILU_BEND\n    t = math",
        "autograd/test_functions_of_numbers::test_slopes_beside_their_zeros_and_far_out",
    ),
    (
        "an axis that is counted round",
        "autograd/_table/array_rules/axes",
        "normalize_axis_index(one, ndim, name)",
        "one % ndim",
        "autograd/test_array_functions::test_an_axis_that_an_array_does_not_have_is_numpys_error",
    ),
    (
        "differences that leap over a spike",
        "autograd/_derivatives/differences/evidence",
        "denied <= 1",
        "denied < 99",
        "autograd/test_gradcheck::test_a_spike_between_the_steps_is_seen",
    ),
    (
        "differences that take noise for a slope",
        "autograd/_derivatives/differences/evidence",
        "between_floats > UNRELATED",
        "between_floats > math.inf",
        "autograd/test_judging::test_waves_are_not_called_wrong_where_floats_are_far_apart",
    ),
    (
        "a kink at which every derivative is right",
        "autograd/_derivatives/differences/judging",
        "verdict = AGREES if is_between else DISAGREES",
        "verdict = AGREES",
        "autograd/test_judging::test_at_a_kink_the_derivatives_between_the_slopes_are_right",
    ),
]


# Starting Python and importing the borrowed libraries takes longer than most of these tests: it is done
# once, and each run of pytest is a fork.
FORKS = """
import os
import signal
import sys

import hypothesis
import mpmath
import numpy
import pytest

for line in sys.stdin:
    root, target, output = line.rstrip("\\n").split("\\t")
    child = os.fork()
    if child == 0:
        signal.alarm(300)  # a bug may make a test run for ever
        os.dup2(os.open(os.devnull, os.O_RDONLY), 0)
        os.dup2(os.open(output, os.O_WRONLY | os.O_CREAT), 1)
        os.dup2(1, 2)
        os.chdir(root)
        os.environ["PYTHONPATH"] = root
        sys.path.insert(0, root)
        options = ["-x", "-q", "-p", "no:cacheprovider", "-p", "no:xdist", "--hypothesis-profile=unshrunk"]
        code = pytest.main([*options, target])
        sys.stdout.flush()
        os._exit(code)
    print(os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]), flush=True)
"""


@pytest.fixture(scope="module")
def run_pytest():
    """A function that runs pytest in a folder, and gives its exit code and what it printed."""
    command = [sys.executable, "-c", FORKS]
    environment = {**os.environ, "PYTHONDONTWRITEBYTECODE": "1"}
    with subprocess.Popen(
        command, env=environment, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as forks:

        def run(root, target):
            output = root / "output.txt"
            forks.stdin.write(f"{root}\t{target}\t{output}\n")
            forks.stdin.flush()
            return int(forks.stdout.readline()), output.read_text(encoding="utf-8")

        yield run
        forks.stdin.close()


@pytest.fixture(scope="module")
def compiled(tmp_path_factory):
    """A copy of the packages with their bytecode, whose compilation takes longer than most of these tests."""
    folder = tmp_path_factory.mktemp("compiled")
    for package in ("autograd", "nn", "viz"):
        shutil.copytree(ROOT / package, folder / package)
        compileall.compile_dir(folder / package, quiet=1)
    return folder


@pytest.mark.parametrize(
    ("file", "there", "planted", "tests"), [b[1:] for b in BUGS], ids=[b[0] for b in BUGS]
)
def test_a_planted_bug_fails_the_suite(file, there, planted, tests, tmp_path, run_pytest, compiled):
    package = file.partition("/")[0]
    for folder in ("autograd", "nn", "viz"):
        shutil.copytree(compiled / folder, tmp_path / folder, copy_function=os.link)
    shutil.copytree(ROOT / "tests" / package, tmp_path / "tests" / package)
    for path in (ROOT / "pyproject.toml", ROOT / "CONTRIBUTING.md", *ROOT.glob("tests/*.py")):
        shutil.copy(path, tmp_path / path.relative_to(ROOT))
    source = tmp_path / f"{file}.py"
    text = source.read_text(encoding="utf-8")
    assert text.count(there) == 1, f"{file}.py has {text.count(there)} times {there!r}"
    source.unlink()  # a link: what is written here must not be written there
    source.write_text(text.replace(there, planted), encoding="utf-8")

    target, _, one = tests.partition("::")
    code, output = run_pytest(tmp_path, f"tests/{target}.py" + (f"::{one}" if one else ""))
    assert code == 1, output[-4000:]
    assert " failed" in output
