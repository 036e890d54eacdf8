"""Motions of the lectures: a descent, a perceptron, a training run, images one after another."""

from viz._motion.descents import descent_motion
from viz._motion.perceptrons import perceptron_motion
from viz._motion.readings import images_motion
from viz._motion.trainings import TrainingMotion, training_motion

__all__ = ["TrainingMotion", "descent_motion", "images_motion", "perceptron_motion", "training_motion"]
