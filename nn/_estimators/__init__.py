"""Estimators in the form of scikit-learn, which need not be installed."""
