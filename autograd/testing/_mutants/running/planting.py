"""A changed source, planted in a running module and taken back.

Functions keep their identity and get new code, wherever they are held. A statement of the module or of a
class is performed again, and so are later statements that called a function which the change reaches.
"""

from __future__ import annotations

import ast
import inspect
import sys
from collections.abc import Sequence
from types import CodeType, FunctionType, ModuleType
from typing import Any

from autograd._graph.primitive import Primitive
from autograd.testing._mutants.running import engine
from autograd.testing._mutants.running.codes import (
    changed_codes,
    code_of,
    functions_of,
    inner_codes,
    objects_of,
)
from autograd.testing._mutants.running.namespaces import Namespaces, assign
from autograd.testing._mutants.running.statements import (
    Definition,
    Source,
    bound_names,
    changed_block,
    compiled,
    depends,
    first_line,
    future_flags,
    pair,
    reach,
    read_by_defaults,
    same_shell,
)

__all__ = ["Planting", "functions_and_caches"]


def functions_and_caches() -> list[Any]:
    """All functions, and all caches of functions, in this process."""
    return objects_of(engine.CACHE)


class Planting:
    """A change of a running module.

    Args:
        module: the module.
        old, new: its source, and the changed one.
        objects: the functions and caches of this process, from `functions_and_caches`.

    >>> module = ModuleType("shapes")
    >>> source = "def area(x): return x * x"
    >>> exec(compile(source, "shapes.py", "exec", dont_inherit=True), vars(module))
    >>> area, planting = module.area, Planting(
    ...     module, source, source.replace("*", "+"), functions_and_caches()
    ... )
    >>> planting.plant(), area(3.0)
    (None, 6.0)
    >>> planting.undo(), area(3.0)
    (None, 9.0)
    """

    def __init__(self, module: ModuleType, old: str, new: str, objects: Sequence[Any]) -> None:
        self.module, self.names = module, vars(module)
        self.file = getattr(module, "__file__", None) or f"<{module.__name__}>"
        self.old, self.new = Source(old), Source(new)
        self.old_code, self.new_code = code_of(old, self.file), code_of(new, self.file)
        self.flags = future_flags(self.new_code)
        self.codes = dict(changed_codes(self.old_code, self.new_code))
        self.functions: list[tuple[FunctionType, CodeType, Any, Any]] = []  # with their former parts
        self.unfit: list[CodeType] = []  # codes whose functions hold other variables than the changed ones
        self.performed = False  # whether a statement was performed again
        self.objects: Sequence[Any] = objects
        self.namespaces = Namespaces()
        self.package = module.__name__.partition(".")[0]
        self.is_engine = self.package == engine.ENGINE

    def plant(self) -> None:
        """Change the running module.

        Raises:
            NotImplementedError: for a change that a running module cannot take, as another base of a class.
        """
        self.namespaces.watch(self.names, *self._classes())
        if self.is_engine:
            engine.watch(self.namespaces)
        try:
            self._swap_codes()
            functions, values, later = self._graft(self.old.statements, self.new.statements, None)
            for code in self.unfit:
                raise NotImplementedError(
                    f"{code.co_name} is a closure that runs already, and the change has it hold other "
                    f"variables: {list(self.codes[code].co_freevars)} in place of {list(code.co_freevars)}"
                )
            self._follow(functions, values, later)
            if not self.functions and not self.performed:
                raise NotImplementedError(
                    f"no function that runs has the code that the change is in: {self.file} is not the "
                    "source that was imported, or the import alone has used the code"
                )
        except BaseException:
            self.namespaces.settle()
            self.undo()
            raise
        self.namespaces.settle()
        self.objects = [x for x in self.objects if type(x) is engine.CACHE]
        engine.forget(self.package, self.objects)

    def undo(self) -> None:
        """Take the change back; graphs and programs that were recorded meanwhile belong to their owner."""
        for function, code, defaults, keywords in reversed(self.functions):
            function.__code__, function.__defaults__, function.__kwdefaults__ = code, defaults, keywords
        # Closures that planted functions made and something still holds. A walk over all objects takes long.
        former = {new: old for old, new in self.codes.items()}
        objects = functions_and_caches() if self._makes_functions() else self.objects
        for code, functions in functions_of(former, self.names, objects).items():
            for function in functions:
                if code.co_freevars == former[code].co_freevars:
                    function.__code__ = former[code]
        self.namespaces.restore()
        engine.forget(self.package, objects)

    def _makes_functions(self) -> bool:
        """Whether the changed module may have made functions since it was planted."""
        nested = (inner for code in self.codes for inner in inner_codes(code))
        return self.performed or any(inner in self.codes for inner in nested)

    def _classes(self) -> list[type]:
        return [
            x for x in self.names.values() if isinstance(x, type) and x.__module__ == self.module.__name__
        ]

    def _remember(self, function: FunctionType) -> None:
        self.functions.append((function, function.__code__, function.__defaults__, function.__kwdefaults__))

    def _swap_codes(self) -> None:
        running = functions_of(self.codes, self.names, self.objects)
        for code, functions in running.items():
            new = self.codes[code]
            if functions and code.co_freevars != new.co_freevars:
                self.unfit.append(code)
                continue
            for function in functions:
                self._remember(function)
                function.__code__ = new

    def _graft(
        self, old: list[ast.stmt], new: list[ast.stmt], owner: type | None
    ) -> tuple[set[str], set[str], list[ast.stmt]]:
        """Bring changed statements into a module or a class.

        Returns:
            The names of changed functions, the names with another value, the statements after the change.
        """
        before, after, later = changed_block(self.old, self.new, old, new)
        functions: set[str] = set()
        values: set[str] = set()
        for twin, statement in pair(before, after):
            if isinstance(statement, ast.ClassDef) and isinstance(twin, ast.ClassDef):
                self._graft_class(twin, statement, owner)
                functions.add(statement.name)
            elif (
                isinstance(statement, Definition)
                and isinstance(twin, Definition)
                and _decorators(statement) == _decorators(twin)
                and not isinstance(statement, ast.ClassDef)
            ):
                if owner is not None and (unfit := self._unfit(twin)):  # it calls super() in one alone
                    self.unfit.remove(unfit)
                    self._perform(statement, twin, owner)
                elif ast.dump(statement.args) != ast.dump(twin.args):  # type: ignore[union-attr]
                    self._change_defaults(statement, twin)
                functions.add(statement.name)
            elif twin is not None and same_shell(twin, statement, self.flags):
                functions |= bound_names(statement)
            else:
                values |= self._perform(statement, twin, owner)
        gone, bound = (set().union(*map(bound_names, block)) for block in (before, after))
        for name in gone - bound and gone - set().union(*map(bound_names, new)):
            assign(self.names if owner is None else owner, name)
            self.performed = True
            values.add(name)
        return functions, values, later

    def _graft_class(self, old: ast.ClassDef, new: ast.ClassDef, owner: type | None) -> None:
        cls = (self.names if owner is None else vars(owner)).get(new.name)
        header = [[*map(ast.dump, (*c.bases, *c.keywords, *c.decorator_list))] for c in (old, new)]
        if not isinstance(cls, type) or header[0] != header[1]:
            raise NotImplementedError(f"class {new.name}: another head of a running class cannot be planted")
        self.namespaces.watch(cls)
        _, values, _ = self._graft(old.body, new.body, cls)
        _check_decorators(new, values)

    def _change_defaults(self, definition: Any, twin: ast.stmt) -> None:
        """Give the running functions of a definition, `twin`, the defaults of another."""
        self.performed = True
        bare = ast.copy_location(
            type(definition)(**{**dict(ast.iter_fields(definition)), "decorator_list": []}), definition
        )
        scratch: dict[str, Any] = {}
        exec(compiled([bare], self.file, self.flags), self.names, scratch)
        planted = scratch[definition.name]
        own = [code for code in _codes(self.old_code) if _is_code_of(twin, code)]
        codes = [*own, *(self.codes[c] for c in own if c in self.codes)]
        for functions in functions_of(codes, self.names, self.objects).values():
            for function in functions:
                self._remember(function)
                function.__defaults__ = planted.__defaults__
                function.__kwdefaults__ = planted.__kwdefaults__

    def _unfit(self, twin: ast.stmt) -> CodeType | None:
        return next((code for code in self.unfit if _is_code_of(twin, code)), None)

    def _perform(self, statement: ast.stmt, twin: ast.stmt | None, owner: type | None) -> set[str]:
        """Perform a statement in a module or a class; the names that have another value after it."""
        self.performed = True
        if owner is not None:
            return self._perform_in_class(statement, owner)
        if self.is_engine and engine.perform(statement, twin, self.names):
            return set()
        before = {name: self.names.get(name) for name in bound_names(statement)}
        exec(compiled([statement], self.file, self.flags), self.names)
        values = set()
        for name, former in before.items():
            value = self.names.get(name)
            if isinstance(former, Primitive) and isinstance(value, Primitive):
                engine.replace_primitive(former, value)
                self.names[name] = former
            elif value is not former:
                values.add(name)
                self._pass_on(name, former, value)
        return values

    def _perform_in_class(self, statement: ast.stmt, owner: type) -> set[str]:
        body = ast.ClassDef(owner.__name__, [], [], [statement], [])
        if sys.version_info >= (3, 12):
            body.type_params = []
        scratch = dict(self.names)
        exec(compiled([ast.fix_missing_locations(body)], self.file, self.flags), self.names, scratch)
        names = bound_names(statement)
        if "__slots__" in names:
            raise NotImplementedError(
                f"class {owner.__name__}: other slots of a running class cannot be planted"
            )
        for name in names:
            value = vars(scratch[owner.__name__])[name]
            function = getattr(value, "__func__", value)
            for variable, cell in zip(
                getattr(getattr(function, "__code__", None), "co_freevars", ()),
                getattr(function, "__closure__", None) or (),
                strict=True,
            ):
                if variable == "__class__":  # for super()
                    cell.cell_contents = owner
            setattr(owner, name, value)
        return names

    def _follow(self, functions: set[str], values: set[str], later: list[ast.stmt]) -> None:
        """Perform the statements again that called what has changed when the module was imported."""
        reached = reach(self.new.statements, values | functions)
        for statement in later:
            more = self._follow_one(statement, reached, values, None)
            if more:
                values |= more
                reached = reach(self.new.statements, reached | more)

    def _follow_one(
        self, statement: ast.stmt, reached: set[str], values: set[str], owner: type | None
    ) -> set[str]:
        """Perform a statement again if it depends on changed names; the names of another value after it."""
        if depends(statement, reached, values):
            return self._perform(statement, None, owner)
        if isinstance(statement, ast.ClassDef):
            cls = self.names.get(statement.name) if owner is None else vars(owner).get(statement.name)
            if isinstance(cls, type):
                self.namespaces.watch(cls)
                inner = [self._follow_one(s, reached, values, cls) for s in statement.body]
                _check_decorators(statement, set().union(*inner))
        elif isinstance(statement, ast.FunctionDef | ast.AsyncFunctionDef) and (
            read_by_defaults(statement) & values
        ):
            self._change_defaults(statement, statement)
        return set()

    def _pass_on(self, name: str, former: Any, value: Any) -> None:
        """Change the name in the modules that imported it from this one."""
        for module in list(sys.modules.values()):
            if module is self.module or not isinstance(module, ModuleType):
                continue
            names = vars(module)
            for key in [key for key, x in list(names.items()) if x is former]:
                if isinstance(former, FunctionType | type) or _imports(module, self.package, name, key):
                    self.namespaces.watch(names)
                    names[key] = value


def _check_decorators(definition: ast.ClassDef, values: set[str]) -> None:
    if values and definition.decorator_list:
        raise NotImplementedError(
            f"class {definition.name}: its decorator has read {sorted(values)}, and does not read them again"
        )


def _decorators(definition: Any) -> list[str]:
    return [*map(ast.dump, definition.decorator_list)]


def _is_code_of(definition: Any, code: CodeType) -> bool:
    return (definition.name, first_line(definition)) == (code.co_name, code.co_firstlineno)


def _codes(code: CodeType) -> list[CodeType]:
    inner = [constant for constant in code.co_consts if isinstance(constant, CodeType)]
    return inner + [code for each in inner for code in _codes(each)]


def _imports(module: ModuleType, package: str, name: str, key: str) -> bool:
    """Whether a module has ``from package… import name as key``."""
    try:
        source = inspect.getsource(module)
        if name not in source:
            return False
        tree = ast.parse(source)
    except (OSError, TypeError, SyntaxError):
        return False
    return any(
        alias.name == name
        and (alias.asname or name) == key
        and (statement.level > 0 or (statement.module or "").partition(".")[0] == package)
        for statement in ast.walk(tree)
        if isinstance(statement, ast.ImportFrom)
        for alias in statement.names
    )
