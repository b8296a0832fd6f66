"""A home is copied and both copies are used, put back from an older copy, or its whole image is rolled back under a
running pair: no entry is lost anywhere, everybody sees the same, doctor is clean, and the person is told in one line."""
import shutil
import subprocess
import unittest

from attune import Home, Homes, eventually


def image(home):
    """Every file of the home with its contents, as a snapshot of the disk would hold it."""
    return {path.relative_to(home.path): path.read_bytes() for path in home.path.rglob('*')
            if path.is_file() and path.name != 'lock'}


def roll_back(home, files):
    """Puts the image back as a snapshot does: the same inodes with the old contents, nothing else."""
    for path in list(home.path.rglob('*')):
        if path.is_file() and path.name != 'lock' and path.relative_to(home.path) not in files:
            path.unlink()
    for name, content in files.items():
        path = home.path / name
        path.parent.mkdir(mode=0o700, exist_ok=True)
        if not path.exists():
            path.touch(mode=0o600)
        with open(path, 'r+b') as file:
            file.write(content)
            file.truncate()


def copy_of(home, name):
    """`cp -a` of the home, used as a home of its own."""
    other = Home(home.folder.parent, name)
    subprocess.run(['cp', '-a', str(home.path), str(other.path)], check=True)
    other.words = home.words
    return other


class Doubt(unittest.TestCase):
    def setUp(self):
        self.homes = Homes()
        self.addCleanup(self.homes.__exit__)
        self.ada, self.ben = self.homes.couple()
        self.written = set()

    def adopt(self, home):
        self.homes.homes.append(home)
        return home

    def write(self, home, text):
        home.run('write', '--shared', text)
        self.written.add(text)

    def texts(self, home):
        return {entry['body'] for entry in home.entries()}

    def sync(self, home, with_node):
        """`home` syncs with a node of the other side that is up only meanwhile."""
        at = with_node.up()
        try:
            home.run('sync', '--peer', at)
        finally:
            with_node.down()

    def notes(self, home):
        return [line for line in home.run('status').out.splitlines() if line.startswith('note:')]

    def expect_all_well(self, *homes):
        for home in homes:
            self.assertEqual(self.texts(home), self.written, home.name)
            self.assertEqual(home.json('doctor').get('problems', []), [])
            self.assertEqual(home.json('status').get('waiting', 0), 0)

    def expect_told_once(self, home):
        lines = self.notes(home)
        self.assertEqual(len(lines), 1, lines)
        self.assertEqual(self.notes(home), [])

    def test_a_copy_and_its_original_are_both_written_on(self):
        self.write(self.ada, 'before')
        self.sync(self.ada, self.ben)
        copy = self.adopt(copy_of(self.ada, 'copy'))
        for turn in range(3):
            for home in (self.ada, copy):
                self.write(home, f'{home.name} alone {turn}')
                self.write(self.ben, f'ben {home.name} {turn}')
                self.sync(home, self.ben)
        self.sync(self.ada, self.ben)
        self.sync(copy, self.ben)
        self.expect_all_well(self.ada, copy, self.ben)
        self.expect_told_once(copy)
        self.assertEqual(self.notes(self.ada), [])

    def test_a_copy_and_its_original_are_linked_at_the_same_time(self):
        self.write(self.ada, 'before')
        self.sync(self.ada, self.ben)
        copy = self.adopt(copy_of(self.ada, 'copy'))
        at = self.ben.up()
        self.ada.up('--peer', at)
        copy.up('--peer', at)
        for turn in range(3):
            for home in (self.ada, copy, self.ben):
                self.write(home, f'{home.name} {turn}')
        eventually(lambda: self.texts(self.ada) == self.texts(copy) == self.texts(self.ben) == self.written,
                   'the copies do not get what the others write')
        self.expect_all_well(self.ada, copy, self.ben)

    def test_a_home_is_put_back_from_an_older_copy(self):
        self.write(self.ada, 'before')
        self.sync(self.ada, self.ben)
        old = copy_of(self.ada, 'old')
        for turn in range(5):
            self.write(self.ada, f'after {turn}')
        self.sync(self.ada, self.ben)
        shutil.rmtree(self.ada.path)
        subprocess.run(['cp', '-a', str(old.path), str(self.ada.path)], check=True)
        self.write(self.ada, 'on the one that was put back')
        self.sync(self.ada, self.ben)
        self.expect_all_well(self.ada, self.ben)
        self.expect_told_once(self.ada)

    def test_an_image_is_rolled_back_under_a_running_pair_and_written_on(self):
        at = self.ben.up()
        self.ada.up('--peer', at)
        self.write(self.ada, 'before')
        eventually(lambda: self.texts(self.ben) == self.written, 'the partner has not got it')
        self.ada.down()
        old = image(self.ada)
        self.ada.up('--peer', at)
        for turn in range(3):
            self.write(self.ada, f'after {turn}')
            self.write(self.ben, f'meanwhile {turn}')
        eventually(lambda: self.texts(self.ben) == self.texts(self.ada) == self.written, 'they are not alike')
        self.ada.down()
        roll_back(self.ada, old)
        self.assertEqual(self.texts(self.ada), {'before'})
        self.assertEqual(self.notes(self.ada), [])  # nothing on this disk can tell
        for turn in range(2):
            self.write(self.ada, f'another {turn}')
        self.ada.up('--peer', at)
        eventually(lambda: self.texts(self.ben) == self.texts(self.ada) == self.written, 'something was lost')
        self.write(self.ada, 'and on')
        self.write(self.ben, 'and on, too')
        eventually(lambda: self.texts(self.ben) == self.texts(self.ada) == self.written, 'they are not alike any more')
        eventually(lambda: self.ada.json('status').get('waiting', 0) == 0, 'something waits for ever')
        self.expect_all_well(self.ada, self.ben)
        self.expect_told_once(self.ada)
        self.assertEqual(self.notes(self.ben), [])

    def test_an_image_is_rolled_back_and_an_own_device_knows_better(self):
        backup = self.ada.folder / 'backup.age'
        self.ada.run('backup', 'create', backup)
        second = self.adopt(Home(self.ada.folder.parent, 'second'))
        second.environment['ATTUNE_WORDS_FILE'] = str(self.ada.words_file)
        second.run('restore', backup, '--device', 'second', '--unlock-cost', 'interactive')
        self.ada.run('write', 'private, before')
        self.sync(second, self.ada)
        old = image(self.ada)
        self.ada.run('write', 'private, after')
        self.write(self.ada, 'shared, after')
        self.sync(second, self.ada)
        roll_back(self.ada, old)
        self.ada.run('write', 'private, another')
        self.write(self.ada, 'shared, another')
        self.sync(second, self.ada)
        self.sync(second, self.ben)
        self.sync(self.ada, second)
        self.assertEqual(self.texts(self.ben), self.written)
        self.written |= {'private, before', 'private, after', 'private, another'}
        self.assertEqual(self.texts(self.ada), self.written)
        self.assertEqual(self.texts(second), self.written)
        for home in (self.ada, second, self.ben):
            self.assertEqual(home.json('doctor').get('problems', []), [])
        self.expect_told_once(self.ada)


if __name__ == '__main__':
    unittest.main()
