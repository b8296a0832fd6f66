"""The unit for a user's own systemd: it says what systemd understands, and starts the program that was installed."""
import os
import re
import shutil
import subprocess
import tempfile
import unittest
from pathlib import Path

from attune import BINARY


class Unit(unittest.TestCase):
    text = Path(os.environ['ATTUNE_UNIT']).read_text()

    def test_it_runs_the_node_with_a_credential_and_no_secret_in_its_text(self):
        start = re.search(r'^ExecStart=(\S+) (.*)$', self.text, re.MULTILINE)
        self.assertTrue(start[1].endswith('/bin/attune'), start[1])
        self.assertEqual(start[2], 'node --passphrase-file %d/attune')
        self.assertNotIn('Environment', self.text)
        self.assertIn('NoNewPrivileges=yes', self.text)

    @unittest.skipUnless(shutil.which('systemd-analyze'), 'systemd-analyze is not here')
    def test_systemd_understands_it(self):
        with tempfile.TemporaryDirectory(prefix='attune-') as folder:
            unit = Path(folder) / 'attune.service'
            unit.write_text(re.sub(r'^ExecStart=\S+', f'ExecStart={BINARY}', self.text, flags=re.MULTILINE))
            done = subprocess.run(['systemd-analyze', 'verify', '--user', unit], capture_output=True, text=True,
                                  check=False, env=os.environ | {'HOME': folder, 'XDG_RUNTIME_DIR': folder})
            ours = [line for line in done.stderr.splitlines() if 'attune' in line]
            self.assertEqual((done.returncode, ours), (0, []), done.stderr)


if __name__ == '__main__':
    unittest.main()
