"""What only a terminal shows: secrets are typed without echo, and the echo comes back however the program ends."""
import os
import re
import select
import signal
import subprocess
import termios
import time
import unittest

import attune


class Terminal:
    """The program with a pseudo-terminal as all three streams."""

    def __init__(self, home, *command):
        self.master, self.slave = os.openpty()
        environment = {k: v for k, v in home.environment.items() if not k.endswith('_FILE')}
        environment['TERM'] = 'dumb'   # no colours between the words
        self.process = subprocess.Popen([attune.BINARY, *command], stdin=self.slave, stdout=self.slave,
                                        stderr=self.slave, env=environment, start_new_session=True)
        self.seen = ''
        self.read_so_far = 0

    def expect(self, pattern):
        """Reads until the pattern comes after what was expected before; the match."""
        until = time.monotonic() + attune.PATIENCE
        while True:
            found = re.compile(pattern).search(self.seen, self.read_so_far)
            if found:
                self.read_so_far = found.end()
                return found
            ready, _, _ = select.select([self.master], [], [], max(0.0, until - time.monotonic()))
            if not ready:
                raise attune.Failed(f'{pattern!r} did not come: {self.seen}')
            self.seen += os.read(self.master, 65536).decode(errors='replace')

    def type(self, line):
        os.write(self.master, line.encode() + b'\n')

    @property
    def echoes(self):
        return bool(termios.tcgetattr(self.slave)[3] & termios.ECHO)

    def end(self):
        code = self.process.wait(attune.PATIENCE)
        while select.select([self.master], [], [], 0)[0]:
            self.seen += os.read(self.master, 65536).decode(errors='replace')
        return code

    def close(self):
        if self.process.poll() is None:
            self.process.kill()
            self.process.wait()
        os.close(self.master)
        os.close(self.slave)


class OnATerminal(unittest.TestCase):
    def open(self, home, *command):
        terminal = Terminal(home, *command)
        self.addCleanup(terminal.close)
        return terminal

    def test_init_asks_without_echo_and_wants_two_words_back(self):
        with attune.Homes() as homes:
            ada = homes.new('Ada', init=False)
            terminal = self.open(ada, 'init', '--name', 'Ada', '--unlock-cost', 'interactive')
            terminal.expect('new passphrase: ')
            self.assertFalse(terminal.echoes)
            terminal.type('correct horse battery')
            terminal.expect('the same again: ')
            terminal.type('correct horse battery')
            terminal.expect('not shown again')
            for _ in range(2):
                place = int(terminal.expect(r'word (\d+): ').group(1))
                words = dict(re.findall(r'(\d+) ([a-z]+)', terminal.seen.split('not shown again')[1]))
                terminal.type(words[str(place)])
            self.assertEqual(terminal.end(), 0)
            self.assertNotIn('correct horse', terminal.seen)
            self.assertTrue(terminal.echoes)
            self.assertEqual(ada.json('status')['name'], 'Ada')

    def test_a_signal_while_a_secret_is_typed_puts_the_echo_back(self):
        with attune.Homes() as homes:
            ada = homes.new('Ada')
            for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
                terminal = self.open(ada, 'status')
                terminal.expect('passphrase: ')
                self.assertFalse(terminal.echoes)
                terminal.process.send_signal(number)
                self.assertEqual(terminal.end(), -number)
                self.assertTrue(terminal.echoes)

    def test_a_slip_may_be_mended_and_the_end_of_input_is_an_answer(self):
        with attune.Homes() as homes:
            ada = homes.new('Ada')
            terminal = self.open(ada, 'status')
            terminal.expect('passphrase: ')
            terminal.type('correct hrose battery')
            terminal.expect('passphrase: ')
            terminal.type('correct horse battery')
            terminal.expect('you +Ada')
            self.assertEqual(terminal.end(), 0)
            terminal = self.open(ada, 'status')
            terminal.expect('passphrase: ')
            os.write(terminal.master, b'\x04')
            self.assertEqual(terminal.end(), 1)

    def test_erase_asks_first(self):
        with attune.Homes() as homes:
            ada = homes.new('Ada')
            written = ada.json('write', 'the walk')['id']
            terminal = self.open(ada, 'erase', written, '--passphrase-file', str(ada.passphrase_file))
            terminal.expect(r'the walk.*\[y/N\] ')
            terminal.type('n')
            self.assertEqual(terminal.end(), 1)
            self.assertEqual(ada.json('show', written)['body'], 'the walk')
            terminal = self.open(ada, 'erase', written, '--passphrase-file', str(ada.passphrase_file))
            terminal.expect(r'\[y/N\] ')
            terminal.type('y')
            self.assertEqual(terminal.end(), 0)
            self.assertTrue(ada.json('show', written)['erased'])

    def test_write_opens_the_editor_on_a_file_in_memory(self):
        with attune.Homes() as homes:
            ada = homes.new('Ada')
            ada.environment['EDITOR'] = 'f() { echo typed > "$1"; echo "$1"; }; f'
            terminal = self.open(ada, 'write', '--passphrase-file', str(ada.passphrase_file))
            path = terminal.expect(r'(/\S+/entry.md)').group(1)
            self.assertEqual(terminal.end(), 0, terminal.seen)
            self.assertFalse(os.path.exists(os.path.dirname(path)))
            self.assertEqual(ada.json('list')['entries'][0]['body'], 'typed')


if __name__ == '__main__':
    unittest.main()
