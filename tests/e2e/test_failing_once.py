"""Each call to the file system fails while something is done that is done once (failing_acts.py)."""
import unittest

from failing import Sweep
from failing_acts import Acts


class FailingOnce(Acts, Sweep):
    KINDS = ('write', 'short', 'sync', 'open', 'truncate', 'mode', 'close', 'look', 'list', 'lock', 'mkdir', 'rmdir', 'rename',
             'overwrite', 'unlink', 'read', 'flip')
    NEVER = {'init': ('overwrite',), 'restore': ('overwrite',), 'passphrase': ('list', 'mkdir', 'rmdir', 'unlink'),
             'backup': ('overwrite', 'mkdir', 'rmdir'),
             'wipe': ('write', 'short', 'truncate', 'mode', 'mkdir', 'rename', 'read', 'flip')}
    # A vault that reads otherwise the second time was changed meanwhile, for all that one can know.
    CODES = {'short': (0,), 'flip': (0, 1, 6)}


if __name__ == '__main__':
    unittest.main()
