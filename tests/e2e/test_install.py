"""cmake --install into a folder of its own: what was put there finds itself, the unit for a user's own systemd as well."""
import os
import re
import shutil
import subprocess
import tempfile
import unittest
from pathlib import Path

import needs

# Not the place it was configured for, and one that systemd and addresses write in their own ways.
FOLDER = 'put 100% here'


def anchors(page):
    """The names of its headings, as links say them."""
    headings = re.findall(r'^#+ (.*)$', re.sub(r'^```.*?^```', '', page.read_text(), flags=re.MULTILINE | re.DOTALL),
                          flags=re.MULTILINE)
    return {re.sub(r'[^\w\- ]', '', heading.lower()).replace(' ', '-') for heading in headings}


class Installed(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        temporary = cls.enterClassContext(tempfile.TemporaryDirectory(prefix='attune-'))
        cls.prefix = Path(temporary).resolve() / FOLDER
        subprocess.run([os.environ['ATTUNE_CMAKE'], '--install', os.environ['ATTUNE_BUILD'], '--prefix', cls.prefix],
                       check=True, capture_output=True)
        cls.unit = cls.prefix / 'lib/systemd/user/attune.service'
        cls.pages = cls.prefix / 'share/doc/attune'

    def test_the_unit_starts_the_program_that_was_installed_and_holds_no_secret(self):
        text = self.unit.read_text()
        start = re.search(r'^ExecStart="(.+)" (.*)$', text, re.MULTILINE)
        program = start[1].replace('%%', '%')
        self.assertEqual(program, str(self.prefix / 'bin/attune'))
        self.assertIn('attune', subprocess.run([program, '--version'], capture_output=True, text=True, check=True,
                                               env={'HOME': '/'}).stdout)
        self.assertEqual(start[2], 'node --passphrase-file %d/attune')
        self.assertNotIn('Environment', text)
        self.assertIn('NoNewPrivileges=yes', text)

    def test_systemd_understands_the_unit(self):
        if not shutil.which('systemd-analyze'):
            needs.skip(self, 'systemd-analyze is not here')
        with tempfile.TemporaryDirectory(prefix='attune-') as folder:
            done = subprocess.run(['systemd-analyze', 'verify', '--user', self.unit], capture_output=True, text=True,
                                  check=False, env=os.environ | {'HOME': folder, 'XDG_RUNTIME_DIR': folder})
            ours = [line for line in done.stderr.splitlines() if 'attune' in line]
            self.assertEqual((done.returncode, ours), (0, []), done.stderr)

    def test_links_between_the_pages_hold(self):
        pages = list(self.pages.rglob('*.md'))
        self.assertIn(self.pages / 'README.md', pages)
        for page in pages:
            for target in re.findall(r'\]\(([^)\s]+)\)', page.read_text().replace('\n', ' ')):
                if '://' in target:
                    continue
                path, _, anchor = target.partition('#')
                other = (page.parent / path).resolve() if path else page
                self.assertTrue(other.exists(), f'{page.name}: {target}')
                if anchor:
                    self.assertIn(anchor, anchors(other), f'{page.name}: {target}')

    def test_completions_are_where_the_shells_look(self):
        for place in ('bash-completion/completions/attune', 'zsh/site-functions/_attune',
                      'fish/vendor_completions.d/attune.fish'):
            self.assertIn('attune', (self.prefix / 'share' / place).read_text())


if __name__ == '__main__':
    unittest.main()
