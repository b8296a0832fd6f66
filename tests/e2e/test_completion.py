"""attune completion: the scripts of all shells, and bash completes with the one that the program prints."""
import subprocess
import unittest

from attune import Homes
from completing import Completes, script

# As bash itself splits a line, an = stands alone.
ASK = '''
source "$1"
COMP_WORDS=()
for word in "${@:2}"; do
  if [[ $word == --*=* ]]; then COMP_WORDS+=("${word%%=*}" = "${word#*=}"); else COMP_WORDS+=("$word"); fi
done
COMP_CWORD=$((${#COMP_WORDS[@]} - 1))
COMPREPLY=()
_attune
printf '%s\\n' "${COMPREPLY[@]}"
'''


class Scripts(unittest.TestCase):
    def test_needs_no_home_and_no_other_shell_is_known(self):
        with Homes() as homes:
            home = homes.new('Ada', init=False)
            for shell in ('bash', 'zsh', 'fish'):
                self.assertEqual(home.json('completion', shell)['script'], script(shell))
                self.assertIn('attune', script(shell))
            self.assertEqual(home.fails(2, 'completion', 'tcsh')['code'], 'usage')
            self.assertEqual(home.fails(2, 'completion')['code'], 'usage')

    def test_quotes_and_colons_in_help_texts_are_quoted(self):
        for shell in ('zsh', 'fish'):
            text = script(shell)
            self.assertNotIn("partner's node", text.replace("partner'\\''s node", '').replace("partner\\'s node", ''))


class Bash(Completes, unittest.TestCase):
    @classmethod
    def begin(cls):
        (cls.top / 'script').write_text(script('bash'))

    def complete(self, *words):
        done = subprocess.run(['bash', '--norc', '-c', ASK, 'bash', self.top / 'script', 'attune', *words],
                              capture_output=True, text=True, check=True, cwd=self.folder)
        self.assertEqual(done.stderr, '')
        return sorted(line for line in done.stdout.split('\n') if line)


if __name__ == '__main__':
    unittest.main()
