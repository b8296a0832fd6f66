"""attune completion zsh: a real zsh at a terminal completes with the script that the program prints. Not run where there
is no zsh."""
import os
import pty
import select
import shlex
import shutil
import signal
import tempfile
import time
import unittest
from pathlib import Path

from attune import PATIENCE, Failed
from completing import Completes, script
from needs import not_run

# Control-T completes the line that the file holds, and tells what was offered for it: everything that matches passes
# compadd. With -O, -A and -D that only sorts out what is handed to it later.
SETTINGS = '''
PROMPT= RPROMPT=
autoload -Uz compinit
%s
setopt no_auto_list no_auto_menu no_beep
compadd() {
  local -a hits
  if [[ ${@[1,(i)(-|--)]} != *-(O|A|D)* ]]; then
    builtin compadd -A hits "$@"
    print -rl -- "${(@Q)hits}" >> "$TOP/found.part"
  fi
  builtin compadd "$@"
}
ask() {
  : > "$TOP/found.part"
  BUFFER=$(<"$TOP/line") CURSOR=$#BUFFER
  zle complete-word
  BUFFER=
  mv "$TOP/found.part" "$TOP/found"
}
zle -N ask
bindkey '^T' ask
'''
IN_FPATH = 'fpath=("$TOP" $fpath); compinit -u -D'
SOURCED = 'compinit -u -D; source "$TOP/_attune"'


class Zsh:
    """A zsh at a terminal of its own, with these settings only."""

    def __init__(self, top, folder, loading):
        self.top, self.seen = top, b''
        (top / '_attune').write_text(script('zsh'))
        (top / '.zshrc').write_text(SETTINGS % loading)
        environment = {'PATH': '/usr/bin:/bin', 'HOME': str(top), 'ZDOTDIR': str(top), 'TOP': str(top), 'TERM': 'dumb',
                       'LANG': 'C.UTF-8'}
        self.process, self.screen = pty.fork()
        if self.process == 0:
            os.chdir(folder)
            os.execvpe('zsh', ['zsh', '--no-globalrcs', '-i'], environment)

    def complete(self, *words):
        found = self.top / 'found'
        found.unlink(missing_ok=True)
        (self.top / 'line').write_text(' '.join(['attune', *(shlex.quote(word) if word else '' for word in words)]))
        os.write(self.screen, b'\x14')
        until = time.monotonic() + PATIENCE
        while not found.exists():
            if select.select([self.screen], [], [], 0.02)[0]:
                self.seen += os.read(self.screen, 65536)
            if time.monotonic() > until:
                raise Failed(f'zsh does not answer: {self.seen}')
        return sorted({line for line in found.read_text().split('\n') if line})

    def end(self):
        os.kill(self.process, signal.SIGKILL)
        os.waitpid(self.process, 0)
        os.close(self.screen)


class FromItsFolder(Completes, unittest.TestCase):
    @classmethod
    def begin(cls):
        cls.zsh = Zsh(cls.top, cls.folder, IN_FPATH)
        cls.addClassCleanup(cls.zsh.end)

    def complete(self, *words):
        return self.zsh.complete(*words)


class Sourced(unittest.TestCase):
    def test_completes_as_well(self):
        top = Path(self.enterContext(tempfile.TemporaryDirectory(prefix='attune-')))
        zsh = Zsh(top, top, SOURCED)
        self.addCleanup(zsh.end)
        self.assertEqual(zsh.complete('wri'), ['write'])
        self.assertEqual(zsh.complete('list', '--by', ''), ['me', 'partner'])


if __name__ == '__main__':
    if not shutil.which('zsh'):
        not_run('there is no zsh here')
    unittest.main()
