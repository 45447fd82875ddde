"""Registration of view modules, as each slice's wiring.py lists them."""

from types import ModuleType

from flask import Flask


def register(app: Flask, *views: ModuleType) -> None:
    """Register the blueprints of these modules; several may share one. A module with template
    globals or filters adds them in its `init_app`."""
    for module in views:
        if hasattr(module, "init_app"):
            module.init_app(app)
        if hasattr(module, "bp") and module.bp.name not in app.blueprints:
            app.register_blueprint(module.bp)
