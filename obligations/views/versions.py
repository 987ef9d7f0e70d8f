"""The version that a form carries: what its writer saw."""

from accounts.versions import require_version_field

__all__ = ["require_version_field"]
