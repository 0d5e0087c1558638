"""Cats, dogs and convolutions: the logic behind the lessons, one purpose a file.

Importing the package is cheap: TensorFlow is loaded by the rooms that need it, when they are imported.
"""

import os

__version__ = "0.1.0"

# TensorFlow reads these once, when it loads. Its start-up log says nothing that a learner can act on.
os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
os.environ.setdefault("TF_ENABLE_ONEDNN_OPTS", "1")
