"""How nbval runs the lessons anew: what a cell tagged `compare` prints must be as it was saved."""

import os


def pytest_configure(config):
    os.environ["TQDM_DISABLE"] = (
        "1"  # a bar, as it comes on a slow machine, is nothing that a cell prints
    )
    config.pluginmanager.import_plugin("helpers.checking.rerun")
