"""`graphviz.Digraph`, with the types that its package does not declare; a test compares the names."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Self

__all__ = ["Digraph"]

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from os import PathLike

    Text = str | None
    Path = PathLike[str] | str | None

    class Digraph:
        name: str | None
        comment: str | None
        filename: PathLike[str] | str
        directory: PathLike[str] | str
        format: str
        engine: str
        encoding: str
        formatter: str | None
        renderer: str | None
        graph_attr: dict[str, str]
        node_attr: dict[str, str]
        edge_attr: dict[str, str]
        body: list[str]
        strict: bool

        def __init__(
            self,
            name: Text = None,
            comment: Text = None,
            filename: Path = None,
            directory: Path = None,
            format: Text = None,
            engine: Text = None,
            encoding: Text = "utf-8",
            graph_attr: Mapping[str, str] | None = None,
            node_attr: Mapping[str, str] | None = None,
            edge_attr: Mapping[str, str] | None = None,
            body: Iterable[str] | None = None,
            strict: bool = False,
            *,
            renderer: Text = None,
            formatter: Text = None,
        ) -> None: ...
        @property
        def source(self) -> str: ...
        @property
        def filepath(self) -> str: ...
        @property
        def directed(self) -> bool: ...
        def attr(self, kw: Text = None, _attributes: Any = None, **attrs: Text) -> None: ...
        def node(self, name: str, label: Text = None, _attributes: Any = None, **attrs: Text) -> None: ...
        def edge(
            self, tail_name: str, head_name: str, label: Text = None, _attributes: Any = None, **attrs: Text
        ) -> None: ...
        def edges(self, tail_head_iter: Iterable[Any]) -> None: ...
        def subgraph(self, graph: Digraph | None = None, name: Text = None, **options: Any) -> Any: ...
        def copy(self) -> Self: ...
        def clear(self, keep_attrs: bool = False) -> None: ...
        def pipe(self, *args: Any, **options: Any) -> Any: ...
        def render(self, *args: Any, **options: Any) -> str: ...
        def save(self, filename: Path = None, directory: Path = None, **options: Any) -> str: ...
        def unflatten(
            self, stagger: int | None = None, fanout: bool = False, chain: int | None = None
        ) -> Any: ...
        def view(self, filename: Path = None, directory: Path = None, **options: Any) -> str: ...

else:
    from graphviz import Digraph
