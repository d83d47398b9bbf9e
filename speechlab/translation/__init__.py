"""What translation is around any engine: sentences, batches, protected terms, languages and routes."""

from .recording import as_recording
from .routes import Way, route, targets

__all__ = ["Way", "as_recording", "route", "targets"]
