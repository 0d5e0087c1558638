"""Cats, dogs and convolutions: the logic behind the lessons, one purpose a file.

Importing the package is cheap: TensorFlow is loaded by the rooms that need it, when they are imported.
"""

__version__ = "0.1.0"
