"""attune completion: the scripts parse, and bash completes with the one that the program prints."""
import shutil
import subprocess
import tempfile
import unittest
from pathlib import Path

from attune import BINARY, Homes

ASK = '''
source "$1"
COMP_WORDS=("${@:2}")
COMP_CWORD=$((${#COMP_WORDS[@]} - 1))
COMPREPLY=()
_attune
printf '%s\\n' "${COMPREPLY[@]}"
'''


def script(shell):
    return subprocess.run([BINARY, 'completion', shell], capture_output=True, text=True, check=True,
                          env={'PATH': '/usr/bin:/bin', 'HOME': '/'}).stdout


class Scripts(unittest.TestCase):
    def setUp(self):
        self.folder = Path(self.enterContext(tempfile.TemporaryDirectory(prefix='attune-')))

    def test_each_shell_that_is_here_takes_its_script(self):
        for shell in ('bash', 'zsh', 'fish'):
            with self.subTest(shell=shell):
                text = script(shell)
                self.assertIn('attune', text)
                file = self.folder / shell
                file.write_text(text)
                if shutil.which(shell):
                    done = subprocess.run([shell, '-n', file], capture_output=True, text=True, check=False)
                    self.assertEqual((done.returncode, done.stderr), (0, ''))

    def test_needs_no_home_and_no_other_shell_is_known(self):
        with Homes() as homes:
            home = homes.new('Ada', init=False)
            self.assertEqual(home.json('completion', 'bash')['script'], script('bash'))
            self.assertEqual(home.fails(2, 'completion', 'tcsh')['code'], 'usage')
            self.assertEqual(home.fails(2, 'completion')['code'], 'usage')

    def test_quotes_and_colons_in_help_texts_are_quoted(self):
        for shell in ('zsh', 'fish'):
            text = script(shell)
            self.assertNotIn("partner's node", text.replace("partner'\\''s node", '').replace("partner\\'s node", ''))


class Bash(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.folder = Path(cls.enterClassContext(tempfile.TemporaryDirectory(prefix='attune-')))
        (cls.folder / 'script').write_text(script('bash'))
        (cls.folder / 'a backup.age').touch()
        (cls.folder / 'folder').mkdir()

    def complete(self, *words):
        done = subprocess.run(['bash', '--norc', '-c', ASK, 'bash', self.folder / 'script', 'attune', *words],
                              capture_output=True, text=True, check=True, cwd=self.folder)
        self.assertEqual(done.stderr, '')
        return sorted(line for line in done.stdout.split('\n') if line)

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
        self.assertEqual(self.complete('list', '--color', '=', 'n'), ['never'])
        self.assertEqual(self.complete('list', '--by', ''), ['me', 'partner'])
        self.assertEqual(self.complete('write', '--kind', 'gra'), ['gratitude'])
        self.assertEqual(self.complete('init', '--unlock-cost', 's'), ['sensitive'])
        self.assertEqual(self.complete('completion', ''), ['bash', 'fish', 'zsh'])
        self.assertEqual(self.complete('config', 'l'), ['listen', 'lock-after'])

    def test_files_also_with_spaces_and_folders(self):
        self.assertEqual(self.complete('restore', 'a'), ['a backup.age'])
        self.assertEqual(self.complete('backup', 'verify', 'a'), ['a backup.age'])
        self.assertEqual(self.complete('--words-file', 'a'), ['a backup.age'])
        self.assertEqual(self.complete('--home', ''), ['folder'])
        self.assertEqual(self.complete('write', '--title', 'a'), [])


if __name__ == '__main__':
    unittest.main()
