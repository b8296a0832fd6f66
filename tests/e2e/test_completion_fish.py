"""attune completion fish: fish can read it. Not run where there is no fish."""
import shutil
import subprocess
import tempfile
import unittest
from pathlib import Path

from completing import script
from needs import not_run


class Fish(unittest.TestCase):
    def test_takes_its_script(self):
        with tempfile.TemporaryDirectory(prefix='attune-') as folder:
            file = Path(folder) / 'attune.fish'
            file.write_text(script('fish'))
            done = subprocess.run(['fish', '-n', file], capture_output=True, text=True, check=False)
            self.assertEqual((done.returncode, done.stderr), (0, ''))


if __name__ == '__main__':
    if not shutil.which('fish'):
        not_run('there is no fish here')
    unittest.main()
