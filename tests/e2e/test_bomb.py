"""A backup that is small and says it is 10 GiB: found at once, within 64 MiB of memory, and nothing is left of it. And one
that is large and true; many entries take minutes, so that is run by scripts/prove alone."""
import json
import os
import subprocess
import time
import unittest

from attune import PATIENCE, Homes

GIB = 1 << 30
BLOCK = 128 << 10
MEMORY = 64 << 20
PASSPHRASE_COST = 64 << 20   # interactive: what Argon2id takes to open a home or to make one
FRAME = bytes.fromhex('28b52ffd') + b'\x00\x58'   # RFC 8878: no size is told, a window of 2 MiB


def block(kind, size, content):
    return (kind << 1 | size << 3).to_bytes(3, 'little') + content


def bomb(begin, byte, size=10 * GIB):
    """zstd of `begin` and then that byte so many times: four bytes for each 128 KiB."""
    raw = b''.join(block(0, len(begin[at:at + BLOCK]), begin[at:at + BLOCK]) for at in range(0, len(begin), BLOCK))
    return FRAME + raw + block(1, BLOCK, byte) * (size // BLOCK - 1) + (1 | 1 << 1 | BLOCK << 3).to_bytes(3, 'little') + byte


class Backups(unittest.TestCase):
    def setUp(self):
        self.homes = self.enterContext(Homes())
        self.ada = self.homes.new('Ada')
        self.identity = self.ada.folder / 'identity'
        self.identity.write_text(self.ada.run('backup', 'identity').out)
        self.recipient = self.tool('age-keygen', '-y', self.identity).decode().strip()

    def tool(self, *command, given=b''):
        return subprocess.run(command, input=given, capture_output=True, timeout=PATIENCE, check=True).stdout

    def sealed(self, name, content):
        path = self.ada.folder / name
        path.write_bytes(self.tool('age', '-r', self.recipient, given=content))
        return path

    def cost(self, *command, home=None):
        """Exit code, the most memory it ever had, seconds."""
        home = home or self.ada
        began = time.monotonic()
        process = subprocess.Popen(home.program(['--json', *map(str, command)]), env=home.environment, stdin=subprocess.DEVNULL,
                                   stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        _, status, used = os.wait4(process.pid, 0)
        process.returncode = os.waitstatus_to_exitcode(status)
        return process.returncode, used.ru_maxrss * 1024, time.monotonic() - began


class Bombs(Backups):
    def expect_found(self, what, path):
        code, memory, seconds = self.cost('backup', 'verify', path)
        print(f'{what}: {path.stat().st_size} bytes that say 10 GiB; {memory >> 20} MiB, {seconds:.2f} s', flush=True)
        self.assertEqual(code, 6, what)
        self.assertLess(memory, MEMORY, what)
        other = self.homes.new('Other', init=False)
        other.keep_words(self.ada.words)
        code, memory, seconds = self.cost('restore', path, '--unlock-cost', 'interactive', '--no-discovery', home=other)
        print(f'  restore: {memory >> 20} MiB, {seconds:.2f} s', flush=True)
        self.assertEqual(code, 6, what)
        self.assertLess(memory, MEMORY + PASSPHRASE_COST, what)
        self.assertFalse(other.path.exists())
        self.homes.homes.remove(other)
        other.folder.rename(other.folder.parent / f'after {what}')

    def test_ten_gibibytes_of_one_byte(self):
        for byte in (b'\x00', b'\x01', b'\x7f', b'\xff'):
            self.expect_found(f'of byte {byte.hex()}', self.sealed(f'bomb {byte.hex()}', bomb(b'', byte)))

    def test_ten_gibibytes_behind_a_true_beginning(self):
        self.ada.run('write', 'an entry')
        backup = self.ada.folder / 'backup.age'
        self.ada.run('backup', 'create', backup)
        plain = self.tool('zstd', '-d', '-c', given=self.tool('age', '-d', '-i', self.identity, backup))
        self.assertIn(b'an entry', plain)
        for share in (1, 2, 4):   # a quarter, a half, all of it
            begin = plain[:len(plain) * share // 4]
            for byte in (b'\x00', b'\x01'):
                self.expect_found(f'{share} of 4 and {byte.hex()}', self.sealed(f'bomb {share} {byte.hex()}', bomb(begin, byte)))


@unittest.skipUnless('ATTUNE_FILL_HOME' in os.environ, 'scripts/prove backup runs it')
class ManyEntries(Backups):
    COUNT = 100_000

    def test_all_of_them_come_back_and_age_opens_it(self):
        self.tool(os.environ['ATTUNE_FILL_HOME'], self.ada.path, self.ada.passphrase_file, str(self.COUNT))
        backup, other = self.ada.folder / 'backup.age', self.homes.new('Other', init=False)
        other.keep_words(self.ada.words)
        told = []
        for home, most, command in (
                (self.ada, MEMORY + PASSPHRASE_COST, ('backup', 'create', backup)),
                (self.ada, MEMORY, ('backup', 'verify', backup)),
                (other, MEMORY + PASSPHRASE_COST, ('restore', backup, '--unlock-cost', 'interactive', '--no-discovery'))):
            code, memory, seconds = self.cost(*command, home=home)
            self.assertEqual(code, 0, command)
            told.append(f'{" ".join(command[:2]) if command[0] == "backup" else command[0]} {memory >> 20} MiB, {seconds:.1f} s')
            self.assertLess(memory, most, command)
        opened = self.tool('zstd', '-d', '-c', given=self.tool('age', '-d', '-i', self.identity, backup))
        self.assertEqual(self.listed(other), self.listed(self.ada))
        self.assertEqual(other.json('doctor').get('problems', []), [])
        print(f'{self.COUNT} entries, a backup of {backup.stat().st_size} bytes: {"; ".join(told)}; age and zstd open it to '
              f'{len(opened)} bytes', flush=True)

    def listed(self, home):
        entries = [json.dumps(entry, sort_keys=True) for entry in home.entries()]
        self.assertEqual(len(entries), self.COUNT)
        return entries


if __name__ == '__main__':
    unittest.main()
