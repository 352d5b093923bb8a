"""Starts LocalStack as `python -m localstack.runtime.main` does, with one thing changed.

LocalStack keeps S3 objects in one fixed folder for every process of a machine, by bucket name. Two of them at once
that use the same name remove each other's data, and DeleteBucket answers 500. Here each process has its own folder,
$SPINUP_S3_FOLDER.
"""

import os

from localstack.runtime import main
from localstack.services.s3.storage.ephemeral import EphemeralS3ObjectStore

original = EphemeralS3ObjectStore.__init__
EphemeralS3ObjectStore.__init__ = lambda self, root=None: original(self, os.environ["SPINUP_S3_FOLDER"])
main.main()
