"""Settings that are the arguments of an __init__, for scikit-learn to read, copy and search."""

from __future__ import annotations

import inspect
import sys
from importlib import import_module
from typing import Any, ClassVar, Self

from autograd._support.notebooks import escaped
from nn._nets.activations import name_of
from nn._nets.mlp import MLP

__all__ = ["NotFittedError", "Settings", "category"]


class NotFittedError(ValueError, AttributeError):
    """An estimator was asked before it was fitted."""

    __module__ = "nn"


class Settings:
    """The base class of estimators: settings by their names, printed and copied.

    Every argument of a subclass's ``__init__`` is kept as it is, in an attribute of its name.
    """

    _kind: ClassVar[str]  # "classifier" or "regressor"
    _several_outputs: ClassVar[bool] = False

    @classmethod
    def _arguments(cls) -> dict[str, inspect.Parameter]:
        parameters = inspect.signature(cls.__init__).parameters
        return {name: parameter for name, parameter in parameters.items() if name != "self"}

    def get_params(self, deep: bool = True) -> dict[str, Any]:
        """The settings by their names, as scikit-learn's clone and searches read them.

        Args:
            deep: for scikit-learn; no setting has settings of its own.
        """
        return {name: getattr(self, name) for name in self._arguments()}

    def set_params(self, **settings: Any) -> Self:
        """Change settings, for the next `fit`.

        Raises:
            ValueError: for a name that is no setting; then nothing is changed.
        """
        known = self._arguments()
        for name in settings:
            if name not in known:
                raise ValueError(f"{type(self).__name__} has no setting {name!r}; it has {', '.join(known)}")
        for name, setting in settings.items():
            setattr(self, name, setting)
        return self

    def _check_fitted(self) -> None:
        if not self.__sklearn_is_fitted__():
            raise category("sklearn.exceptions", NotFittedError)(
                f"this {type(self).__name__} is not fitted: call fit(X, y) first"
            )

    def __sklearn_is_fitted__(self) -> bool:
        return "net_" in vars(self)

    def __sklearn_tags__(self) -> Any:
        """What scikit-learn may expect of this estimator; it is scikit-learn that asks."""
        utils = import_module("sklearn.utils")
        is_classifier = self._kind == "classifier"
        return utils.Tags(
            estimator_type=self._kind,
            target_tags=utils.TargetTags(required=True, multi_output=self._several_outputs),
            classifier_tags=utils.ClassifierTags() if is_classifier else None,
            regressor_tags=None if is_classifier else utils.RegressorTags(),
        )

    def _repr_html_(self) -> str | None:
        """The settings, and the layers of the net of a fitted one."""
        if not self.__sklearn_is_fitted__():
            return None
        net: MLP = vars(self)["net_"]
        return f"<p>{escaped(repr(self))}</p>\n{net._repr_html_()}"

    def __repr__(self) -> str:
        """The class and the settings that differ from their defaults."""
        texts = []
        for name, argument in self._arguments().items():
            setting = getattr(self, name)
            if setting is argument.default or (
                type(setting) is type(argument.default) and setting == argument.default
            ):
                continue
            text = name_of(setting) if callable(setting) else repr(setting)
            is_first = argument.kind is argument.POSITIONAL_OR_KEYWORD
            texts.append(text if is_first else f"{name}={text}")
        return f"{type(self).__name__}({', '.join(texts)})"


def category(module: str, ours: Any) -> Any:
    """scikit-learn's class of an error or a warning where a program uses scikit-learn; else our own.

    >>> category("no_such_module", NotFittedError) is NotFittedError
    True
    """
    return getattr(sys.modules.get(module), ours.__name__, ours)
