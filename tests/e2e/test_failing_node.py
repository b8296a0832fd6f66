"""A node that runs lacks memory, a page or randomness, or its disk fails, while it is asked, written to and synced with. It ends
at once and says so, goes on as if nothing had been, or tells whoever asked; and nothing that it acknowledged is lost."""
import unittest

from attune import PATIENCE, Homes
from failing import ABORTED, EACH, WritingSweep, failing, spread

# Of so many calls at most each one, with ATTUNE_FAIL_EACH, else each so many: a second and a half each, a quarter of an hour.
MOST = 500
UNREACHABLE = 5
DISK = ('write', 'sync', 'open', 'look', 'rename', 'truncate', 'mode', 'close') if EACH else ('write', 'sync')


class Node(WritingSweep):
    told = 0   # nodes that were asked something and did not do it

    @classmethod
    def setUpClass(cls):
        cls.ada, cls.ben = cls.enterClassContext(Homes()).couple()
        cls.setUpHome(cls.ada)

    def serve(self, kind, nth, told):
        """How a node ended that was given work, what it said, and how many such calls it made from then on; None where it
        ended in their midst. Where it did not, all that it was asked is done; or its commands ended with one of `told`."""
        counting, sign = self.ada.folder / 'count', self.ada.folder / 'it listens'
        for file in (counting, sign):
            file.unlink(missing_ok=True)
        computer = failing(self.ada, kind, nth)
        computer.environment['ATTUNE_FAIL_FROM'] = str(sign)
        node = computer.start('node', '--listen', '127.0.0.1:0')
        try:
            address = node.line()['listening']
            sign.touch()
            codes = self.work(address, {0, UNREACHABLE, *told})
            node.process.terminate()
            _, err = node.process.communicate(timeout=PATIENCE)
        finally:
            node.kill()
        type(self).told += codes != {0}
        if node.process.returncode == 0:
            self.assertLessEqual(codes, {0, *told}, f'{nth}: it went on, and did not what it was asked')
        return node.process.returncode, err.decode(), int(counting.read_text()) if counting.exists() else None

    def work(self, address, ends):
        """By whoever is there; a command that finds no node does it by itself. How the commands ended: only so."""
        type(self).tried += 1
        listed = self.ada.run('--json', 'list', '-n', 1, expect=None)
        written = self.ada.run('--json', 'write', 'kept', '--shared', expect=None)
        if written.code == 0:
            self.saved.add(written.json['id'])
        from_ben = self.ben.json('write', 'from Ben', '--shared')['id']
        synced = self.ben.run('--json', 'sync', '--peer', address, expect=None)
        type(self).tried += 1
        if synced.code == 0:
            self.saved.add(from_ben)
        for result in (listed, written, synced):
            self.assertIn(result.code, ends, result)
        return {listed.code, written.code, synced.code}

    def each_served(self, kind, most, told=()):
        """How it ended where the n-th of its calls fails, and what it said."""
        before = self.points
        code, err, total = self.serve(kind, 0, told)
        self.assertEqual(code, 0, err)
        for nth in spread(total, MOST if EACH else most):
            code, err, calls = self.serve(kind, nth, told)
            if calls is None or calls >= nth:
                type(self).points += 1
                yield code, f'{nth}: {err}'
            self.assert_nothing_lost()
        self.assertGreater(self.points, before, kind)
        self.assert_level()

    def assert_level(self):
        """Both are sound, and hold the same once they meet."""
        self.assert_nothing_lost()
        self.ben.json('sync', '--peer', self.ada.up())
        self.ada.down()
        one, other = ({entry['id'] for entry in home.entries() if entry['shared']} for home in (self.ada, self.ben))
        self.assertEqual(one, other)
        for home in (self.ada, self.ben):
            self.assertEqual(home.json('doctor').get('problems', []), [], home.name)

    def sweep_memory(self, kind, most):
        ended, went_on = 0, 0
        for code, said in self.each_served(kind, most):
            if code == 0:
                went_on += 1
                continue
            ended += 1
            self.assertEqual(code, 1, said)
            self.assertIn('"message":"there is not enough memory"', said)
        self.assertLessEqual(went_on, 1 + ended // 20, 'what the C library says it had no memory for is tried again')

    def test_allocations(self):
        self.sweep_memory('memory', 4)

    def test_frames_of_coroutines(self):
        self.sweep_memory('aligned', 2)

    def test_pages(self):
        """libsodium's own, for keys."""
        self.sweep_memory('mmap', 2)

    def test_disk(self):
        """What could not be done is told, here and there."""
        for kind in DISK:
            type(self).told = 0
            for code, said in self.each_served(kind, 2, told=(1, UNREACHABLE)):
                self.assertIn(code, (0, 1), said)
            if kind in ('write', 'sync'):
                self.assertGreater(self.told, 0, kind)

    def test_randomness(self):
        """libsodium draws it, and ends the process where the system gives none."""
        for code, said in self.each_served('random', 1):
            self.assertIn(code, ABORTED, said)


if __name__ == '__main__':
    unittest.main()
