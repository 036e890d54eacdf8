"""Classifier and Regressor, with and without scikit-learn."""

import copy
import os
import pickle
import subprocess
import sys
import warnings
from pathlib import Path

import numpy as np
import pytest

import nn
from autograd import tanh
from nn._estimators import learning
from nn._training import loop

ROOT = Path(__file__).parents[3]
RNG = np.random.default_rng(0)
CENTRES = np.array([[0, 0, 0], [4, 0, 900], [0, 4, -900]])
PLACES = np.arange(60) % 3
X = RNG.normal(size=(60, 3)) * [1, 1, 200] + CENTRES[PLACES] + [0, 0, 5000]
NAMES = np.array(["ant", "bee", "cat"])[PLACES]
NUMBERS = 1000 + X @ [30.0, -20.0, 0.1]
SOON = {"rng": 0, "epochs": 40}


def classifier(**settings):
    return nn.Classifier([8], **{**SOON, **settings})


def regressor(**settings):
    return nn.Regressor([8], **{**SOON, "l2": 0.1, **settings})


# -- what it learns -------------------------------------------------------------------------------


@pytest.mark.parametrize("labels", [NAMES, NAMES.tolist(), PLACES, PLACES * 2.0 - 1, NAMES.astype(object)])
def test_a_classifier_learns_labels_of_any_kind(labels):
    model = classifier().fit(X, labels)
    assert model.classes_.tolist() == sorted(set(np.asarray(labels).tolist()))
    assert model.score(X, labels) >= 0.95
    predicted = model.predict(X)
    assert model.score(X, predicted) == 1
    assert model.score(X, labels) == np.mean(predicted == np.asarray(labels))
    p = model.predict_proba(X)
    assert p.shape == (60, 3)
    np.testing.assert_allclose(p.sum(axis=1), 1, rtol=1e-12)
    assert np.array_equal(model.classes_[p.argmax(axis=1)], predicted)


def test_two_classes_have_two_probabilities():
    labels = PLACES > 0
    model = classifier().fit(X, labels)
    assert model.predict_proba(X).shape == (60, 2)
    assert model.predict(X).dtype == bool


@pytest.mark.parametrize("form", ["one", "column", "several"])
def test_a_regressor_learns_numbers_in_their_form(form):
    y = {"one": NUMBERS, "column": NUMBERS[:, None], "several": np.c_[NUMBERS, -NUMBERS / 1e6]}[form]
    model = regressor().fit(X, y)
    assert model.predict(X).shape == y.shape
    assert model.score(X, y) > 0.9
    assert model.score(X, y) == nn.r_squared(model.predict(X), y)
    assert abs(model.history_.metrics["R²"][-1] - model.score(X, y)) < 0.05


def test_the_net_takes_inputs_and_gives_outputs_as_they_are():
    model, numbers = classifier().fit(X, NAMES), regressor().fit(X, NUMBERS)
    assert isinstance(model.net_, nn.MLP)
    assert np.array_equal(model.net_.predict(X), model.predict_proba(X))
    assert np.array_equal(numbers.net_.predict(X)[:, 0], numbers.predict(X))
    # The first rate is 0.01, so a net of inputs around 5000 cannot have learned without a scale.
    assert classifier(standardize=False).fit(X, NAMES).score(X, NAMES) < 0.9


def test_units_of_inputs_and_outputs_do_not_matter():
    units, shift = np.array([1e-12, 1e9, 1e150]), np.array([0.0, 1e10, 0.0])
    moved = X * units + shift
    np.testing.assert_allclose(
        classifier().fit(moved, NAMES).predict_proba(moved),
        classifier().fit(X, NAMES).predict_proba(X),
        rtol=1e-4,
    )
    np.testing.assert_allclose(
        regressor().fit(moved, NUMBERS * 1e9 - 5).predict(moved),
        regressor().fit(X, NUMBERS).predict(X) * 1e9 - 5,
        rtol=1e-4,
    )


def test_a_column_of_one_number_is_no_information():
    constant = np.c_[X, np.full(60, 0.1)]
    model = classifier().fit(constant, NAMES)
    assert np.all(np.isfinite(model.net_.layers[0].W.data))
    assert model.score(constant, NAMES) >= 0.95


def test_the_prior_holds_weights_near_0():
    sizes = [np.square(classifier(l2=l2).fit(X, NAMES).net_.layers[1].W.data).sum() for l2 in (0, 1, 100)]
    assert sizes[0] > sizes[1] > 3 * sizes[2]


def test_the_same_seed_gives_the_same_net_to_the_bit_and_a_generator_goes_on():
    first, second = (classifier(patience=3).fit(X, NAMES) for _ in range(2))
    assert np.array_equal(first.predict_proba(X), second.predict_proba(X))
    assert np.array_equal(first.fit(X, NAMES).predict_proba(X), second.predict_proba(X))
    assert not np.array_equal(classifier(rng=1).fit(X, NAMES).predict_proba(X), first.predict_proba(X))
    drawing = classifier(rng=np.random.default_rng(0))
    before = drawing.fit(X, NAMES).predict_proba(X)
    assert not np.array_equal(drawing.fit(X, NAMES).predict_proba(X), before)


def test_patience_ends_the_training_and_the_net_is_that_of_the_best_epoch(monkeypatch):
    held_out = []

    def watched(*arguments, **options):
        held_out.append(options["validation"])
        return nn.fit(*arguments, **options)

    monkeypatch.setattr(learning, "fit", watched)
    x, guesses = RNG.normal(size=(60, 3)), RNG.integers(0, 2, 60)
    model = classifier(patience=4, epochs=200, lr=0.1, l2=0, standardize=False, held_out=0.2).fit(x, guesses)
    ((inputs, labels),) = held_out
    assert inputs.shape == (12, 3)
    costs = model.history_.validation_cost
    assert len(costs) - int(np.argmin(costs)) == 5
    right = model.predict_proba(inputs)[np.arange(12), labels]
    assert -np.log(right).mean() == pytest.approx(min(costs), rel=1e-9)
    assert min(costs) < 0.9 * costs[-1]
    assert classifier(epochs=3).fit(X, NAMES).history_.validation_cost == [None] * 3


def test_every_class_has_its_share_of_the_examples_that_are_held_out(monkeypatch):
    held_out = []
    monkeypatch.setattr(learning, "fit", lambda *a, **k: held_out.append(k["validation"]) or nn.fit(*a, **k))
    rare = np.repeat([0, 1], [180, 20])
    classifier(patience=1, epochs=1).fit(RNG.normal(size=(200, 2)), rare)
    assert np.bincount(held_out[0][1]).tolist() == [18, 2]


def test_ctrl_c_keeps_the_net_so_far(monkeypatch):
    def interrupting(*arguments, **options):
        def stop(history):
            if len(history) == 2:
                raise KeyboardInterrupt

        return nn.fit(*arguments, **{**options, "callbacks": [stop]})

    monkeypatch.setattr(learning, "fit", interrupting)
    with pytest.warns(UserWarning, match="interrupted after 2 epochs of 40"):
        model = classifier().fit(X, NAMES)
    assert model.history_.interrupted
    assert model.predict(X).shape == (60,)


def test_it_survives_copies_and_pickles():
    for model, y in [(classifier(), NAMES), (regressor(), NUMBERS)]:
        model.fit(X, y)
        for same in (copy.deepcopy(model), pickle.loads(pickle.dumps(model))):
            assert np.array_equal(same.predict(X), model.predict(X))
            assert same.get_params() == model.get_params()


def test_its_text_has_the_settings_that_differ():
    assert repr(nn.Classifier([8], rng=0)) == "Classifier([8], rng=0)"
    assert repr(nn.Regressor(rng=0, activation=tanh, l2=0)) == "Regressor(rng=0, activation=tanh, l2=0)"


def test_settings_are_read_and_changed_by_their_names():
    model = classifier()
    settings = model.get_params()
    assert (settings["hidden_sizes"], settings["epochs"], settings["rng"]) == ([8], 40, 0)
    assert model.set_params(epochs=3, l2=0) is model
    assert len(model.fit(X, NAMES).history_) == 3
    with pytest.raises(ValueError, match=r"Classifier has no setting 'alpha'; it has hidden_sizes, .*l2"):
        model.set_params(epochs=9, alpha=1)
    assert model.epochs == 3


# -- what it refuses ------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("settings", "y", "error", "message"),
    [
        ({}, NAMES[:5], ValueError, r"y has shape \(5,\); expected a label for each of the 60"),
        ({}, np.eye(3)[PLACES], ValueError, "one-hot rows become labels by Y.argmax"),
        ({}, NUMBERS, ValueError, "Unknown label type: .* learned by nn.Regressor"),
        ({}, np.zeros(60), ValueError, "y has one class, 0.0: "),
        ({}, ["a", 1, None] * 20, ValueError, "y has a missing value"),
        ({}, ["a", 1, "b"] * 20, TypeError, "several types, int, str: make them text"),
        ({}, [0.0, 1.0, np.nan] * 20, ValueError, "Input y contains NaN, in row 2"),
        ({"hidden_sizes": 8}, NAMES, TypeError, r"a list of the widths of hidden layers, as \[8\], not 8"),
        ({"hidden_sizes": [0]}, NAMES, ValueError, "a hidden size"),
        ({"epochs": 0}, NAMES, ValueError, "epochs"),
        ({"rng": None}, NAMES, TypeError, "rng is a whole number"),
        ({"l2": -1}, NAMES, ValueError, "l2"),
        ({"hidden_sizes": iter([8])}, NAMES, TypeError, "a list of the widths"),
        ({"lr": 0}, NAMES, ValueError, "lr is a number above 0, not 0"),
        ({"standardize": "no"}, NAMES, TypeError, "standardize is True or False, not 'no'"),
        ({"held_out": 5}, NAMES, ValueError, "held_out is a number from 0 to 1, not 5"),
        ({"patience": 3, "held_out": 0.001}, NAMES, ValueError, "of 60 examples holds out 0"),
        ({"patience": 0}, NAMES, ValueError, "patience"),
    ],
)
def test_a_fit_that_fails_changes_nothing(settings, y, error, message):
    model = classifier(epochs=2).fit(X, NAMES)
    before = model.predict_proba(X)
    model.set_params(**settings)
    with pytest.raises(error, match=message):
        model.fit(X, y)
    assert np.array_equal(model.predict_proba(X), before)


@pytest.mark.parametrize(
    ("inputs", "error", "message"),
    [
        (X[0], ValueError, r"shape \(3,\); .*Reshape your data: X.reshape\(-1, 1\)"),
        (X.reshape(20, 3, 3), ValueError, "images.reshape"),
        (X[:, :2], ValueError, "X has 2 features, but Classifier is expecting 3 features as input"),
        (np.where(X > 5000, np.nan, X), ValueError, "Input X contains NaN, in row"),
        (np.where(X > 5000, np.inf, X), ValueError, "infinity"),
        (X.astype(str), TypeError, "is text"),
        (X[:0], ValueError, "0 sample"),
    ],
)
def test_inputs_that_do_not_fit_are_refused(inputs, error, message):
    model = classifier(epochs=1).fit(X, NAMES)
    with pytest.raises(error, match=message):
        model.predict(inputs)


def test_a_column_whose_numbers_lie_too_close_is_told():
    with pytest.raises(ValueError, match=r"column 1 of X varies by .*e-310 alone, .*: give it in other"):
        classifier(epochs=1).fit(X * [1, 1e-310, 1], NAMES)
    classifier(epochs=1).fit(X * [1, 1e-300, 1], NAMES)  # as the error says


def test_scores_of_labels_that_cannot_be_right_are_refused():
    model = classifier(epochs=1).fit(X, NAMES)
    with pytest.raises(ValueError, match=r"y holds none of the classes of the fit, such as .*ant"):
        model.score(X, PLACES)
    with pytest.raises(ValueError, match=r"y has shape \(5,\)"):
        model.score(X, NAMES[:5])
    with pytest.raises(ValueError, match=r"y has shape \(5,\)"):
        regressor(epochs=1).fit(X, NUMBERS).score(X, NUMBERS[:5])


def test_columns_with_names_stay_the_same():
    pandas = pytest.importorskip("pandas")
    table = pandas.DataFrame(X, columns=["a", "b", "c"])
    model = classifier(epochs=2).fit(table, pandas.Series(NAMES))
    assert model.feature_names_in_.tolist() == ["a", "b", "c"]
    assert np.array_equal(model.predict_proba(table), classifier(epochs=2).fit(X, NAMES).predict_proba(X))
    with pytest.raises(ValueError, match="same order as they were in fit"):
        model.predict(table[["b", "a", "c"]])
    with pytest.raises(ValueError, match=r"unseen at fit time:\n- d\n.*missing:\n- c"):
        model.predict(table.rename(columns={"c": "d"}))
    with pytest.warns(UserWarning, match="X does not have valid feature names"):
        model.predict(X)
    model.fit(X, NAMES)
    assert not hasattr(model, "feature_names_in_")


# -- scikit-learn ---------------------------------------------------------------------------------


def test_it_needs_no_scikit_learn(tmp_path):
    script = """if True:
        import sys
        import numpy as np
        sys.modules["sklearn"] = None
        import nn
        X = [[0.0], [1.0], [4.0], [5.0]]
        model = nn.Classifier([4], rng=0, epochs=2)
        try:
            model.predict(X)
        except nn.NotFittedError as error:
            print(error)
        print(model.fit(X, [0, 0, 1, 1]).predict_proba(X).shape, nn.Regressor(rng=0, epochs=1).fit(X, X).net_)
        print(any(name.startswith("sklearn.") for name in sys.modules))
    """
    run = subprocess.run(
        [sys.executable, "-c", script],
        cwd=tmp_path,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        check=True,
    )
    assert run.stdout.splitlines() == [
        "this Classifier is not fitted: call fit(X, y) first",
        "(4, 2) MLP([1, 32, 1], activation=relu, output_activation=identity, node=Tensor, dtype=float64)",
        "False",
    ]


# Each check of scikit-learn that does not apply, with its reason.
LEFT_OUT = {"check_array_api_input": "arrays of other libraries, for which SciPy has to be set up"}


@pytest.mark.parametrize(
    "model",
    [*(kind([4], rng=0, epochs=15, lr=0.05, batch_size=64) for kind in (nn.Classifier, nn.Regressor))],
    ids=["c", "r"],
)
def test_it_passes_the_checks_of_scikit_learn(model, monkeypatch):
    checks = pytest.importorskip("sklearn.utils.estimator_checks")
    monkeypatch.setattr(loop, "FEW", 1000)  # steps on nodes: a program for each of some hundred fits is dear
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        results = checks.check_estimator(model, on_fail=None, on_skip=None)
    missed = {
        result["check_name"]: result["exception"]
        for result in results
        if result["status"] != "passed" and "is not installed" not in str(result["exception"])
    }
    assert missed.keys() <= LEFT_OUT.keys(), missed
    assert len(results) > 50


def test_it_goes_through_pipelines_and_searches():
    selection = pytest.importorskip("sklearn.model_selection")
    pipeline = pytest.importorskip("sklearn.pipeline")
    preprocessing = pytest.importorskip("sklearn.preprocessing")
    steps = pipeline.make_pipeline(preprocessing.StandardScaler(), classifier())
    search = selection.GridSearchCV(steps, {"classifier__hidden_sizes": [[], [4]]}, cv=2).fit(X, NAMES)
    assert search.best_score_ > 0.8
    assert selection.cross_val_score(regressor(), X, NUMBERS, cv=3).min() > 0.5
