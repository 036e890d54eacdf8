"""The record that `fit` leaves behind."""
