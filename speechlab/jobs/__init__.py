"""Work that waits its turn: jobs with a state, progress, cancel and retry, whichever face asked for them."""

from .job import Job, Order, State
from .pace import Pace
from .queue import Jobs
from .uploads import Upload, Uploads

__all__ = ["Job", "Jobs", "Order", "Pace", "State", "Upload", "Uploads"]
