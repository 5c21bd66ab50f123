"""What is here needs the servers of `make test-services`, and belongs to no other run."""

import os

collect_ignore_glob = [] if os.environ.get("DOORSTEP_TEST_DATABASES") else ["test_*.py"]
