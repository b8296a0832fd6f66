"""What every shell completes with the script that the program prints: a test of one shell says how to ask it."""
import subprocess
import tempfile
from pathlib import Path

from attune import BINARY



def script(shell):
    return subprocess.run([BINARY, 'completion', shell], capture_output=True, text=True, check=True,
                          env={'PATH': '/usr/bin:/bin', 'HOME': '/'}).stdout


class Completes:
    """Mixed into a TestCase that has begin(), called once in `folder`, and complete(*words): what may stand for the last
    of them, sorted."""

    @classmethod
    def setUpClass(cls):
        cls.top = Path(cls.enterClassContext(tempfile.TemporaryDirectory(prefix='attune-')))
        cls.folder = cls.top / 'here'
        (cls.folder / 'folder').mkdir(parents=True)
        (cls.folder / 'a backup.age').touch()
        cls.begin()

    def test_commands(self):
        self.assertLessEqual({'init', 'write', 'backup', 'completion', 'passphrase'}, set(self.complete('')))
        self.assertEqual(self.complete('wri'), ['write'])
        self.assertEqual(self.complete('backup', ''), ['create', 'identity', 'verify'])
        self.assertEqual(self.complete('--home', '/x', 'backup', 'v'), ['verify'])
        self.assertEqual(self.complete('write', 'back'), [])

    def test_options_of_the_command_and_those_of_every_command(self):
        self.assertEqual(self.complete('write', '--sh'), ['--shared'])
        self.assertEqual(self.complete('list', '--sh'), ['--shared'])
        self.assertEqual(self.complete('show', '--sh'), [])
        self.assertLessEqual({'--json', '--home', '--help', '--lock-after'}, set(self.complete('up', '--')))
        self.assertEqual(self.complete('--passp'), ['--passphrase-file'])
        self.assertNotIn('--started', self.complete('node', '--'))

    def test_values(self):
        self.assertEqual(self.complete('--color', 'a'), ['always', 'auto'])
        self.assertEqual(self.complete('list', '--color=n'), ['never'])
        self.assertEqual(self.complete('list', '--color=never', '--by', ''), ['me', 'partner'])
        self.assertEqual(self.complete('write', '--kind', 'gra'), ['gratitude'])
        self.assertEqual(self.complete('init', '--unlock-cost', 's'), ['sensitive'])
        self.assertEqual(self.complete('completion', ''), ['bash', 'fish', 'zsh'])
        self.assertEqual(self.complete('config', 'l'), ['listen', 'lock-after'])

    def test_files_also_with_spaces_and_folders(self):
        self.assertEqual(self.complete('restore', 'a'), ['a backup.age'])
        self.assertEqual(self.complete('backup', 'verify', 'a'), ['a backup.age'])
        self.assertEqual(self.complete('--words-file', 'a'), ['a backup.age'])
        self.assertEqual(self.complete('--words-file=a'), ['a backup.age'])
        self.assertEqual(self.complete('--home', ''), ['folder'])
        self.assertEqual(self.complete('write', '--title', 'a'), [])
