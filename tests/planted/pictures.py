"""Bugs in pictures."""

import shutil

# the bug, the file, what stands there, what is put there, the tests that must notice
BUGS = [
    (
        "a minus read as a plus",
        "viz/_formulas/setting",
        '_applied("sub", result, ',
        '_applied("add", result, ',
        "viz/test_formulas",
    ),
    (
        "the last of several gains for their sum, on the page",
        "viz/_pages/chain/recording",
        "recording.gradient[link.source] = total",
        "recording.gradient[link.source] = product",
        "viz/test_page_contents",
    ),
    (
        "desired outputs that always add up to 1, on the page",
        "viz/_formulas/joint",
        "self.ones.append(formula)",
        "pass",
        "viz/test_joint::test_a_page_has_formulas_for_desired_outputs_of_any_sum",
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
        "viz/_pictures/numbers",
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
        "viz/test_derivatives::test_the_branch_that_where_did_not_take_may_be_without_a_derivative",
    ),
    (
        "a sum of some uses that is called the derivative",
        "viz/_pictures/steps",
        "whole if last else None",
        "whole",
        "viz/test_page_contents::test_a_sum_over_three_uses_is_called_the_derivative_when_it_is_complete",
    ),
    (
        "an index of an index that is written twice",
        "viz/_mathematics/typeset",
        '"".join(text.split())',
        '"".join(to_text(m).split())',
        "viz/test_typeset::test_a_level_more_of_a_label_takes_a_level_more_of_work",
    ),
    (
        "a sum over siblings that are not alike",
        "viz/_mathematics/indices",
        "if column != values and len(set(column)) > 1:",
        "if False:",
        "viz/test_indices",
    ),
    (
        "shares of one output for all of them",
        "viz/_formulas/exponentials",
        "if len(terms) == len(self.exponents[group]):",
        "if terms:",
        "viz/test_joint::test_softmax_itself",
    ),
    (
        "a slide whose printed results do not follow from its printed numbers",
        "viz/_slides/parts/entries",
        "    return bool(np.all(abs(result - printed) <= HALF * 10.0**-decimals))",
        "    return bool(np.all(abs(result - printed) <= 1.5 * 10.0**-decimals))",
        "viz/test_slides::test_whatever_the_outputs_a_calculator_agrees",
    ),
    (
        "a worked layer that forgets its bias",
        "viz/_slides/signals",
        "        return z if self.b is None else z + self.b.array",
        "        return z",
        "viz/test_slides::test_signals_are_the_nets_and_check_on_a_calculator",
    ),
    (
        "the last of several paths through a folded box for their sum",
        "viz/_pages/chain/folded",
        "adjoints[inner.source] = _plus(program, adjoints.get(inner.source), product)",
        "adjoints[inner.source] = product",
        "viz/test_page_contents::test_a_folded_page_has_the_numbers_of_the_folded_drawing",
    ),
    (
        "a wide drawing that runs out of its cell in a notebook",
        "viz/_output/notebooks",
        "forms[SVG] = SVG_SIZE.sub('width=\"100%\"', svg, count=1) if is_wide else svg",
        "forms[SVG] = svg",
        "viz/test_render::test_in_a_notebook_a_drawing_is_as_wide_as_its_cell_and_has_a_png",
    ),
]
if shutil.which("node"):  # without it, the test skips
    BUGS.append(
        (
            "mini-batches in another order than that of fit, on the page of a net",
            "viz/_pages/net/page",
            "generator.permutation(n) for",
            "generator.permutation(n)[::-1] for",
            "viz/test_net_page::test_gradient_and_ten_steps_are_those_of_fit",
        )
    )
