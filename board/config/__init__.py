"""Configuration: settings from defaults, a TOML file and the environment; the instance folder."""

from board.config.settings import LOOPBACK, SETTINGS, BadSetting, instance_path, load

__all__ = ["LOOPBACK", "SETTINGS", "BadSetting", "instance_path", "load"]
