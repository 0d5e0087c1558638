"""How nbval runs the lessons anew: what a cell tagged `compare` prints must be as it was saved."""


def pytest_configure(config):
    config.pluginmanager.import_plugin("helpers.checking.rerun")
