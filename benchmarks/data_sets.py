"""The table of docs/how-to/data-sets.md: five data sets, judged beside scikit-learn and PyTorch.

    python benchmarks/data_sets.py --peers PATH      # PATH: a Python with scikit-learn and torch

Every row has the mean over the folds of a fivefold cross-validation, taken four times in other orders, and
its standard error. Without --peers the rows of PyTorch are left out.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import time
import warnings
from collections.abc import Callable, Iterator
from typing import Any

import numpy as np
from sklearn import datasets
from sklearn.exceptions import ConvergenceWarning
from sklearn.model_selection import KFold, StratifiedKFold
from sklearn.neural_network import MLPClassifier, MLPRegressor
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

SETS = "iris", "wine", "breast_cancer", "digits", "diabetes"
FOLDS, ORDERS = 5, 4
Result = dict[str, list[float]]  # a score for each fold, and at the end the seconds of a fit


def folds(name: str) -> Iterator[tuple[Any, Any, Any, Any, int]]:
    """Training and test examples of each fold, and a seed."""
    X, y = getattr(datasets, f"load_{name}")(return_X_y=True)
    kind = KFold if name == "diabetes" else StratifiedKFold
    for order in range(ORDERS):
        for train, test in kind(FOLDS, shuffle=True, random_state=order).split(X, y):
            yield X[train], y[train], X[test], y[test], order


def judge(score: Callable[..., float]) -> Result:
    """The scores of a model on all sets: a function of name, training examples, test examples and seed."""
    results = {}
    for name in SETS:
        start = time.process_time()
        scores = [float(score(name, *fold)) for fold in folds(name)]
        results[name] = [*scores, (time.process_time() - start) / len(scores)]
    return results


def ours(name: str, X: Any, y: Any, X_test: Any, y_test: Any, seed: int) -> float:
    import nn

    kind = nn.Regressor if name == "diabetes" else nn.Classifier
    return kind(rng=seed).fit(X, y).score(X_test, y_test)


def scikit(*scaler: Any) -> Callable[..., float]:
    def score(name: str, X: Any, y: Any, X_test: Any, y_test: Any, seed: int) -> float:
        kind = MLPRegressor if name == "diabetes" else MLPClassifier
        return make_pipeline(*scaler, kind(random_state=seed)).fit(X, y).score(X_test, y_test)

    return score


def torch_loop(name: str, X: Any, y: Any, X_test: Any, y_test: Any, seed: int) -> float:
    """The loop of a tutorial: scaled inputs and desired outputs, 32 hidden neurons, Adam, 100 epochs."""
    import torch

    torch.manual_seed(seed)
    torch.set_num_threads(1)
    regression = name == "diabetes"
    mean, deviation = X.mean(axis=0), X.std(axis=0)
    deviation[deviation == 0] = 1
    middle, spread = (y.mean(), y.std()) if regression else (0, 1)
    x = torch.tensor((X - mean) / deviation, dtype=torch.float32)
    x_test = torch.tensor((X_test - mean) / deviation, dtype=torch.float32)
    wanted = torch.tensor((y - middle) / spread if regression else y)
    wanted = wanted.float()[:, None] if regression else wanted.long()
    outputs = 1 if regression else len(np.unique(y))
    net = torch.nn.Sequential(torch.nn.Linear(X.shape[1], 32), torch.nn.ReLU(), torch.nn.Linear(32, outputs))
    cost = torch.nn.MSELoss() if regression else torch.nn.CrossEntropyLoss()
    optimizer = torch.optim.Adam(net.parameters(), lr=0.01)
    for _ in range(100):
        for batch in torch.randperm(len(x)).split(32):
            optimizer.zero_grad()
            cost(net(x[batch]), wanted[batch]).backward()
            optimizer.step()
    with torch.no_grad():
        a = net(x_test).numpy()
    if not regression:
        return float((a.argmax(axis=1) == y_test).mean())
    residual = y_test - (a[:, 0] * spread + middle)
    return float(1 - (residual**2).sum() / ((y_test - y_test.mean()) ** 2).sum())


def row(model: str, results: Result) -> str:
    cells = []
    for name in SETS:
        *scores, _ = results[name]
        error = np.std(scores, ddof=1) / len(scores) ** 0.5
        cells.append(f"{np.mean(scores):.3f} ± {error:.3f}")
    seconds = results["digits"][-1]
    return f"| {model} | {' | '.join(cells)} | {seconds:.1f} s |"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--peers", help="a Python with scikit-learn and torch")
    parser.add_argument("--torch", action="store_true", help="print PyTorch's scores alone, as JSON")
    arguments = parser.parse_args()
    warnings.simplefilter("ignore", ConvergenceWarning)
    if arguments.torch:
        print(json.dumps(judge(torch_loop)))
        return
    print("| | iris | wine | breast cancer | digits | diabetes, R² | a fit of digits |")
    print("|---|---|---|---|---|---|---|")
    print(row("`nn.Classifier`, `nn.Regressor`", judge(ours)), flush=True)
    print(row("scikit-learn, `StandardScaler`, `MLP…`", judge(scikit(StandardScaler()))), flush=True)
    print(row("scikit-learn, `MLP…` alone", judge(scikit())), flush=True)
    if arguments.peers:
        command = [arguments.peers, __file__, "--torch"]
        peers = subprocess.run(command, stdout=subprocess.PIPE, check=True, text=True).stdout
        print(row("PyTorch, a loop of 15 lines", json.loads(peers)))


if __name__ == "__main__":
    main()
