"""The tests are tested: each bug, planted in the running engine, must make them fail.

A test that no planted bug can fail is a defect. The text a bug replaces must be there exactly as
often as said, so that these lists cannot go stale unnoticed.
"""

import pytest
from forked_tests import forked_tests
from planted import compiler, derivatives, kit, nets, pictures, records

BUGS = [bug for room in (records, derivatives, kit, compiler, nets, pictures) for bug in room.BUGS]


@pytest.fixture(scope="module")
def ask():
    with forked_tests({f"{tests.partition('::')[0]}.py" for *_, tests in BUGS}) as ask:
        yield ask


@pytest.mark.parametrize(("name", "file", "there", "planted", "tests"), BUGS, ids=[name for name, *_ in BUGS])
def test_a_planted_bug_fails_the_suite(name, file, there, planted, tests, ask):
    target, colons, one = tests.partition("::")
    mutant = name, file.replace("/", "."), there, planted
    verdict, reason, output = ask(mutant, f"{target}.py{colons}{one}")
    assert (verdict, reason) == ("killed", "False"), f"{verdict}: {reason}\n{output[-4000:]}"
    assert " failed in its call" in output
