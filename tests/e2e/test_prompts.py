"""At a terminal: secrets are asked for without echo, what cannot be taken back is confirmed, and the editor's file lives
in memory only and is gone afterwards."""
import os
import pty
import re
import select
import signal
import time
import unittest
from pathlib import Path

from attune import Failed, Homes, PATIENCE, eventually

PASSPHRASE = 'correct horse battery'


class Terminal:
    """One command with a terminal of its own."""

    def __init__(self, home, *command, **more):
        self.seen = ''
        environment = {name: value for name, value in home.environment.items()
                       if name not in ('ATTUNE_PASSPHRASE_FILE', 'ATTUNE_WORDS_FILE')} | {'TERM': 'xterm'} | more
        program = home.program([str(part) for part in command])
        self.process, self.screen = pty.fork()
        if self.process == 0:
            os.execvpe(program[0], program, environment)

    def read(self, until):
        if not select.select([self.screen], [], [], max(0.0, until - time.monotonic()))[0]:
            self.kill()
            raise Failed(f'nothing more on the screen after: {self.seen}')
        try:
            chunk = os.read(self.screen, 65536)
        except OSError:   # the other end is closed
            return False
        self.seen += chunk.decode()
        return bool(chunk)

    def wait_for(self, pattern):
        """What the screen shows from the last answer on must come to match."""
        until = time.monotonic() + PATIENCE
        while not (found := re.search(pattern, self.seen)):
            if not self.read(until):
                self.kill()
                raise Failed(f'ended without {pattern}: {self.seen}')
        return found

    def answer(self, pattern, typed):
        self.wait_for(pattern)
        self.all = getattr(self, 'all', '') + self.seen
        self.seen = ''
        os.write(self.screen, (typed + '\n').encode())

    def kill(self):
        os.kill(self.process, signal.SIGKILL)
        os.waitpid(self.process, 0)
        os.close(self.screen)

    def end(self):
        """Exit code, and everything that was on the screen."""
        until = time.monotonic() + PATIENCE
        while self.read(until):
            pass
        _, status = os.waitpid(self.process, 0)
        os.close(self.screen)
        return os.waitstatus_to_exitcode(status), getattr(self, 'all', '') + self.seen


class Prompts(unittest.TestCase):
    def setUp(self):
        self.homes = self.enterContext(Homes())

    def test_init_asks_twice_without_echo_and_for_two_words_back(self):
        home = self.homes.new('Ada', init=False)
        screen = Terminal(home, '--color', 'never', 'init', '--name', 'Ada', '--unlock-cost', 'interactive')
        screen.answer('new passphrase: ', PASSPHRASE)
        screen.answer('the same again: ', PASSPHRASE + '?')
        screen.answer('new passphrase: ', PASSPHRASE)
        screen.answer('the same again: ', PASSPHRASE)
        first = screen.wait_for(r'to be sure, word (\d+): ')
        words = dict((int(n), word) for n, word in re.findall(r'(\d+) ([a-z]+)', screen.seen.split('not shown again.')[1]))
        self.assertEqual(sorted(words), list(range(1, 25)))
        screen.answer('word ', 'no such word')
        screen.answer(r'to be sure, word \d+: ', words[int(first[1])].upper() + ' ')
        second = screen.wait_for(r'to be sure, word (\d+): ')
        self.assertNotEqual(second[1], first[1])
        screen.answer('word ', words[int(second[1])])
        code, shown = screen.end()
        self.assertEqual(code, 0, shown)
        self.assertNotIn(PASSPHRASE, shown)
        self.assertNotIn('no such word', shown)
        self.assertEqual(home.json('status')['name'], 'Ada')

    def test_a_short_passphrase_is_refused_and_leaves_no_home(self):
        home = self.homes.new('Ada', init=False)
        screen = Terminal(home, 'init', '--name', 'Ada', '--unlock-cost', 'interactive')
        screen.answer('new passphrase: ', 'short')
        code, shown = screen.end()
        self.assertEqual(code, 2, shown)
        self.assertFalse(home.path.exists())

    def test_a_passphrase_is_asked_for_without_echo(self):
        home = self.homes.new('Ada')
        for typed, wanted in (([PASSPHRASE], 0), (['a slip', PASSPHRASE], 0), (['wrong', 'still wrong', 'wrong again'], 3)):
            screen = Terminal(home, 'status')
            for one in typed:
                screen.answer('passphrase: ', one)
            code, shown = screen.end()
            self.assertEqual(code, wanted, shown)
            for one in typed:
                self.assertNotIn(one, shown)

    def test_interrupting_a_prompt_gives_the_terminal_its_echo_back(self):
        home = self.homes.new('Ada')
        screen = Terminal(home, 'status')
        screen.wait_for('passphrase: ')
        os.kill(screen.process, signal.SIGINT)
        code, shown = screen.end()
        self.assertNotEqual(code, 0, shown)

    def test_words_are_asked_for_without_echo(self):
        ada = self.homes.new('Ada')
        backup = ada.folder / 'backup.age'
        ada.json('backup', 'create', backup)
        screen = Terminal(ada, 'backup', 'verify', backup)
        words = ada.words.split()
        screen.answer('the 24 words', ' '.join(words[:12]))
        screen.answer('12 so far', ' '.join(words[12:]))
        code, shown = screen.end()
        self.assertEqual(code, 0, shown)
        for pair in zip(words, words[1:]):
            self.assertNotIn(' '.join(pair), shown)

    def test_what_cannot_be_taken_back_is_confirmed(self):
        home = self.homes.new('Ada')
        home.up()
        entry = home.json('write', 'to be or not', '--title', 'The question')['id']
        for said in ('n', '', 'maybe'):
            screen = Terminal(home, 'erase', entry[:12])
            screen.answer(r'Erase .*The question.*\[y/N\] ', said)
            code, shown = screen.end()
            self.assertEqual(code, 1, shown)
            self.assertEqual(home.json('show', entry)['body'], 'to be or not')
        screen = Terminal(home, 'wipe')
        screen.answer(r'\[y/N\] ', 'n')
        self.assertEqual(screen.end()[0], 1)
        self.assertTrue(home.path.exists())
        screen = Terminal(home, 'erase', entry[:12])
        screen.answer(r'\[y/N\] ', 'y')
        self.assertEqual(screen.end()[0], 0)
        self.assertTrue(home.json('show', entry)['erased'])
        other = home.json('write', 'without a question')['id']
        self.assertEqual(Terminal(home, 'erase', other, '--yes').end()[0], 0)
        screen = Terminal(home, 'wipe')
        screen.answer(r'\[y/N\] ', 'yes')
        self.assertEqual(screen.end()[0], 0)
        self.assertFalse(home.path.exists())

    def test_words_that_may_hurt_are_offered_another_form_once(self):
        ada, _ = self.homes.couple()
        ada.up()
        screen = Terminal(ada, 'write', '--shared', 'You never listen')
        screen.answer(r'When \.\.\., I feel[^\0]*\[Y/n/e\] ', 'n')
        self.assertEqual(screen.end()[0], 1)
        self.assertEqual(ada.entries(), [])
        screen = Terminal(ada, 'write', '--shared', 'You never listen')
        screen.answer(r'\[Y/n/e\] ', 'y')
        self.assertEqual(screen.end()[0], 0)
        for command in (['write', '--shared', '--no-hints', 'you always do'], ['write', 'private: you always do']):
            self.assertEqual(Terminal(ada, *command).end()[0], 0)
        self.assertEqual(len(ada.entries()), 3)
        ada.json('config', 'hints', 'off')
        self.assertEqual(Terminal(ada, 'write', '--shared', 'you always do').end()[0], 0)
        ada.json('config', 'hints', 'on')
        # Without a terminal it is said, and saved.
        self.assertIn('I feel', ada.run('write', '--shared', stdin='you never listen').err)
        # A private text is nobody's to read; when it is to be shared, it is offered.
        private = ada.json('write', stdin='Du hörst mir nie zu')['id']
        screen = Terminal(ada, 'share', private)
        screen.answer(r'Wenn \.\.\., [^\0]*\[Y/n/e\] ', 'e')
        self.assertEqual(screen.end()[0], 1)
        self.assertFalse(ada.json('show', private)['shared'])


class Editor(unittest.TestCase):
    def setUp(self):
        self.homes = self.enterContext(Homes())
        self.home = self.homes.new('Ada')
        self.home.up()
        self.seen = self.home.folder / 'seen'

    def editor(self, script):
        path = self.home.file('editor', f'#!/bin/sh\nstat -f -c %T "$1" > {self.seen}\nstat -c %a "$1" >> {self.seen}\n'
                                        f'stat -c %a "$(dirname "$1")" >> {self.seen}\necho "$1" >> {self.seen}\n{script}\n')
        path.chmod(0o700)
        return {'EDITOR': str(path)}

    def assert_nothing_left(self):
        kind, mode, folder_mode, path = self.seen.read_text().splitlines()
        self.assertIn(kind, ('tmpfs', 'ramfs'))
        self.assertEqual(int(mode, 8) & 0o077, 0)
        self.assertEqual(int(folder_mode, 8) & 0o077, 0)
        self.assertFalse(Path(path).exists())
        self.assertFalse(Path(path).parent.exists())

    def test_a_text_is_written_in_it(self):
        screen = Terminal(self.home, 'write', '--title', 'T', **self.editor('printf "from the\\neditor\\n" > "$1"'))
        code, shown = screen.end()
        self.assertEqual(code, 0, shown)
        self.assertEqual([entry['body'] for entry in self.home.entries()], ['from the\neditor'])
        self.assert_nothing_left()

    def test_an_edit_begins_with_the_text_as_it_stands(self):
        entry = self.home.json('write', 'as it stands')['id']
        code, shown = Terminal(self.home, 'edit', entry, **self.editor('printf " and goes on" >> "$1"')).end()
        self.assertEqual(code, 0, shown)
        self.assertEqual(self.home.json('show', entry)['body'].replace('\n', ''), 'as it stands and goes on')
        self.assert_nothing_left()

    def test_an_empty_text_or_an_editor_that_fails_saves_nothing(self):
        for script in ('true', 'printf " \\n" > "$1"', 'printf text > "$1"; exit 1', 'printf text > "$1"; kill -9 $$'):
            with self.subTest(script=script):
                code, shown = Terminal(self.home, 'write', **self.editor(script)).end()
                self.assertNotEqual(code, 0, shown)
                self.assertEqual(self.home.entries(), [])
                self.assert_nothing_left()
        code, shown = Terminal(self.home, 'write', EDITOR='/no/such/editor').end()
        self.assertNotEqual(code, 0, shown)

    def test_a_terminal_that_goes_away_takes_the_text_with_it(self):
        screen = Terminal(self.home, 'write', **self.editor('printf secret > "$1"; echo ready; read line'))
        screen.wait_for('ready')
        os.kill(screen.process, signal.SIGTERM)
        code, shown = screen.end()
        self.assertNotEqual(code, 0, shown)
        self.assertEqual(self.home.entries(), [])
        eventually(lambda: not Path(self.seen.read_text().splitlines()[3]).exists(), 'the text is wiped')


if __name__ == '__main__':
    unittest.main()
