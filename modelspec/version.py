"""The version. The package that is built takes it from here, and so does everything else."""

__version__ = "0.1.0"
