"""Derivatives compared with differences of the function: `autograd.gradcheck`, its reports and its errors."""

from autograd._derivatives.gradcheck.checking import gradcheck
from autograd._derivatives.gradcheck.reports import GradientError, GradientReport, UndecidedWarning

__all__ = ["GradientError", "GradientReport", "UndecidedWarning", "gradcheck"]
