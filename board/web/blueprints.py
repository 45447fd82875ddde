"""Registration of view modules, as each slice's wiring.py lists them."""

from types import ModuleType

from flask import Flask


def register(app: Flask, *views: ModuleType) -> None:
    """The blueprints of these modules; several may share one. Where a module has template globals
    or filters of its own, its `init_app` adds them."""
    for module in views:
        if hasattr(module, "init_app"):
            module.init_app(app)
        if hasattr(module, "bp") and module.bp.name not in app.blueprints:
            app.register_blueprint(module.bp)
