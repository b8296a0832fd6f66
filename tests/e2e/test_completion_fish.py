"""attune completion fish: fish can read it. Not run where there is no fish."""
import shutil
import subprocess
import sys
import tempfile
import unittest
from pathlib import Path

from completing import NOT_RUN, script


class Fish(unittest.TestCase):
    def test_takes_its_script(self):
        with tempfile.TemporaryDirectory(prefix='attune-') as folder:
            file = Path(folder) / 'attune.fish'
            file.write_text(script('fish'))
            done = subprocess.run(['fish', '-n', file], capture_output=True, text=True, check=False)
            self.assertEqual((done.returncode, done.stderr), (0, ''))


if __name__ == '__main__':
    if not shutil.which('fish'):
        print('there is no fish here')
        sys.exit(NOT_RUN)
    unittest.main()
