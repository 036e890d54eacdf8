"""Bugs in the kit for testing derivatives."""

# the bug, the file, what stands there, what is put there, the tests that must notice
BUGS = [
    (
        "a drawn program with a line that has no number",
        "autograd/testing/_programs/drawing/growth",
        "        if not math.isfinite(x):",
        "        if math.isinf(x):",
        "autograd/testing/test_expressions::test_a_drawn_program_is_defined_and_is_its_text",
    ),
    (
        "a smallest program that fails in another way",
        "autograd/testing/_programs/smallest",
        "bool(self.fails(program) == self.kind)",
        "bool(self.fails(program))",
        "autograd/testing/test_smallest::test_the_same_kind_of_failure",
    ),
    (
        "a chain as a loop that is one too short",
        "autograd/testing/_programs/text",
        "for _ in range({len(chain) - 1}):",
        "for _ in range({len(chain) - 2}):",
        "autograd/testing/test_text::test_a_long_chain_is_a_loop",
    ),
    (
        "neighbours of kinks that are not drawn",
        "autograd/testing/_strategies/numbers",
        "exactly = (*places, *(y for x in places for y in beside(x, kind)))",
        "exactly = places",
        "autograd/testing/test_numbers::test_places_come_up_exactly_and_with_both_neighbours",
    ),
    (
        "disagreements at a kink that do not count",
        "autograd/testing/_checks/derivatives",
        "if distance == 0 and (entry.slopes is None or JUMP in entry.reason):",
        "if distance == 0:",
        "autograd/testing/test_rules::test_mistakes_are_reported[kink]",
    ),
    (
        "a judge that explains too much by rounding",
        "autograd/testing/_judge/lines",
        "else self.unit * size + self.tiny",
        "else 10_000 * self.unit * size + self.tiny",
        "autograd/testing/test_judge::test_values_and_gradients_by_hand",
    ),
    (
        "a judge that forgets how roundings grow",
        "autograd/testing/_judge/sweep",
        "                    self._add(mixed, argument, own * partial)\n",
        "                    pass\n",
        "autograd/testing/test_judge::test_tolerance_is_the_effect_of_roundings",
    ),
    (
        "a mutant that stays after its block",
        "autograd/testing/_mutants/running/namespaces",
        "            assign(space, name, former)\n",
        "            pass\n",
        "autograd/testing/test_mutants::test_nothing_of_these_mutants_or_a_former_is_left",
    ),
    (
        "a closure that keeps the mistake of the block that made it",
        "autograd/testing/_mutants/running/planting",
        "function.__code__ = former[code]",
        "pass",
        "autograd/testing/test_planting::test_a_closure_that_the_block_has_made_is_right_after_it",
    ),
    (
        "a mutant whose text is there twice",
        "autograd/testing/_mutants/mutant",
        "!= 1:",
        "< 1:",
        "autograd/testing/test_mutants::test_a_text_that_cannot_be_replaced",
    ),
    (
        "= for += in the sum over paths that the laws compare with",
        "autograd/testing/_laws/paths",
        "adjoints[name] += adjoints[line.name] * derivative",
        "adjoints[name] = adjoints[line.name] * derivative",
        "autograd/testing/test_laws::test_a_right_engine_keeps_all_laws",
    ),
    (
        "a table in which a text may be more than a text",
        "autograd/_support/notebooks",
        "html.escape(text).replace",
        "text.replace",
        "autograd/test_notebooks::test_a_text_is_shown_as_it_is",
    ),
]
