"""What the programs of two people are killed at, and what must hold afterwards."""
import shutil

from attune import pair
from killing import TwoPeople

BROUGHT = 150        # texts that one import brings
FRESH = ('--unlock-cost', 'interactive')


class Life(TwoPeople):
    KINDS = ('write', 'alone', 'erase', 'bring', 'sync', 'node_at_a_sync', 'stop', 'open', 'backup', 'restore', 'begin',
             'revoke', 'passphrase', 'pair', 'carry', 'take', 'wipe')

    def __enter__(self):
        super().__enter__()
        self.backup = self.ada.folder / 'first.age'
        self.make_backup()
        return self

    def kill_at_write(self):
        """The node, while both write and it pushes and is pushed to."""
        victim, other = self.chance.sample(self.pair, 2)
        self.up(other), self.up(victim)
        beside = self.some_change(other)
        for _ in range(self.chance.randrange(3)):
            self.done(self.some_change(victim))
        self.kill_node('write', victim, self.some_change(victim))
        self.done(beside)
        for home in self.pair:
            self.assert_sound(home)

    def kill_at_alone(self):
        """A command that writes without a node."""
        home = self.chance.choice(self.pair)
        self.down(home)
        self.kill_command('alone', self.some_change(home))
        self.assert_sound(home)

    def kill_at_erase(self):
        """Which compacts what lay around it."""
        home = self.chance.choice(self.pair)
        self.up(home)
        self.done(self.kept.write(home, home.name, True, 'a long one ' * 3000))
        self.down(home)
        self.kill_command('erase', self.kept.erase(home, self.kept.to_change(home.name)[-1]))
        self.assert_sound(home)

    def kill_at_bring(self):
        home = self.chance.choice(self.pair)
        self.down(home)
        self.kill_command('bring', self.kept.bring(home, home.name, self.chance.random() < 0.5, BROUGHT))
        self.assert_sound(home)

    def sync_under_way(self):
        """One node, and somebody who syncs with it; both have something for the other."""
        there, home = self.chance.sample(self.pair, 2)
        self.down(home)
        for one in (there, home):
            self.done(self.kept.bring(one, one.name, True, self.chance.randrange(1, BROUGHT)))
        return there, home, self.begin(home, 'sync', '--peer', self.up(there))

    def kill_at_sync(self):
        there, home, act = self.sync_under_way()
        self.kill_command('sync', act)
        for one in (there, home):
            self.assert_sound(one)

    def kill_at_node_at_a_sync(self):
        there, home, act = self.sync_under_way()
        self.kill_node('node_at_a_sync', there, act, opens=True)
        for one in (there, home):
            self.assert_sound(one)

    def kill_at_stop(self):
        """A node that was told to end."""
        home = self.chance.choice(self.pair)
        self.up(home)
        self.done(self.some_change(home))
        _, node = self.nodes.pop(home)
        node.process.terminate()
        self.moments.wait(node.process, 'stop', opens=False)
        node.kill()
        self.assert_sound(home)

    def kill_at_open(self):
        home = self.chance.choice(self.pair)
        self.down(home)
        self.kill_command('open', self.begin(home, 'status'))
        self.assert_sound(home)

    def make_backup(self):
        self.up(self.ada)
        self.ada.json('backup', 'create', self.backup)
        self.in_backup = {entry['body'].split(' ', 1)[0] for entry in self.ada.entries()}

    def kill_at_backup(self):
        self.backup.unlink()
        self.backup = self.ada.folder / f'backup-{self.number}.age'
        self.down(self.ada)
        done = self.kill_command('backup', self.begin(self.ada, 'backup', 'create', self.backup))
        self.check(self.backup.exists() or not done, 'a backup that was said to be made is not there')
        if self.backup.exists():
            self.up(self.ada)
            verified, held = self.ada.json('backup', 'verify', self.backup)['entries'], len(self.ada.entries())
            self.check(verified == held, f'the backup holds {verified} of {held}')
            self.backup.unlink()
        self.make_backup()
        self.assert_sound(self.ada)

    def kill_at_restore(self):
        """From a backup, half of the time with a sync at its end."""
        home = self.fresh(self.ada.words)
        peers = ['--peer', self.up(self.ada)] if self.chance.random() < 0.5 else []
        command = ['restore', self.backup, '--device', home.name, *peers, *FRESH]
        self.kill_command('restore', self.begin(home, *command))
        self.finish_new(home, command)
        gone = {text.word for text in self.kept.texts.values() if text.erasing}
        lost = self.in_backup - {entry['body'].split(' ', 1)[0] for entry in home.entries()} - gone
        self.check(not lost, f'a restore that lacks {lost}')
        self.forget(home)

    def kill_at_begin(self):
        home = self.fresh()
        command = ['init', '--name', 'New', *FRESH]
        self.kill_command('begin', self.begin(home, *command))
        self.finish_new(home, command)
        self.forget(home)

    def finish_new(self, home, command):
        """It is there as a whole, or not at all, and then made by the same command."""
        looked = home.run('--json', 'doctor', expect=None)
        self.check(looked.code in (0, 4), looked)
        if looked.code == 4:
            home.json(*command)
        problems = home.json('doctor').get('problems', [])
        self.check(not problems, problems)
        left = {path.name for path in home.folder.iterdir()} - {'home', 'passphrase', 'run', 'words'}
        self.check(not left, f'left behind: {left}')

    def kill_at_revoke(self):
        """One of two devices removes the other: by its node, which is killed, or without one."""
        address = self.up(self.ada)
        phone = self.fresh(self.ada.words)
        phone.json('restore', '--device', phone.name, '--peer', address, *FRESH)
        self.done(self.kept.write(phone, 'Ada', True))
        phone.json('sync', '--peer', address)
        revoke = ('device', 'revoke', '--no-discovery', phone.name)
        if self.chance.random() < 0.5:
            done = self.kill_node('revoke', self.ada, self.begin(self.ada, *revoke))
        else:
            self.down(self.ada)
            done = self.kill_command('revoke', self.begin(self.ada, *revoke))
        removed = {one['name']: one['status'] for one in self.ada.json('device', 'list')['devices']}[phone.name] == 'revoked'
        self.check(removed or not done, 'a removal that was said to be done is not')
        if not removed:
            self.up(self.ada)
            self.ada.json(*revoke)
        self.done(self.kept.write(phone, 'Ada', True))
        made_up = list(self.kept.texts.values())[-1]
        made_up.void, made_up.sure, made_up.id = True, False, None
        self.level()
        for home in self.pair:
            tried = phone.run('--json', 'sync', '--peer', self.up(home), expect=5)
            self.check(tried.error['code'] == 'unreachable', tried)
            self.assert_sound(home, of=('Ada', 'Ben'))
        self.forget(phone)

    def kill_at_passphrase(self):
        home, new = self.chance.choice(self.pair), f'another passphrase {self.chance.random()}\n'
        self.down(home)
        old, file = home.passphrase_file.read_text(), home.file('new-passphrase', new)
        done = self.kill_command('passphrase', self.begin(home, 'passphrase', '--new-passphrase-file', file), opens=False)
        opens = {}
        for passphrase in (old, new):
            home.passphrase_file.write_text(passphrase)
            opens[passphrase] = home.run('status', expect=None).code
        self.check(sorted(opens.values()) == [0, 3] and (opens[old] == 3 or not done), f'old and new: {list(opens.values())}')
        home.passphrase_file.write_text(old if opens[old] == 0 else new)
        self.assert_sound(home)

    def kill_at_pair(self):
        """Two who pair anew; one of them is killed, and the other as well once that is done."""
        self.down(self.ada), self.down(self.ben)
        showing = self.ada.start('pair', '--listen', '127.0.0.1:0')
        first = showing.line()
        joining = self.begin(self.ben, 'pair', first['code'], '--peer', first['listening'])
        self.moments.wait(joining.process, 'pair', opens=True)
        victims = [showing, joining.process]
        self.chance.shuffle(victims)
        for victim in victims:
            victim.kill()
        joining.end()
        for home in self.pair:
            self.assert_sound(home)
        pair(self.ada, self.ben)
        self.level()

    def kill_at_carry(self):
        """A sync by file, while the file is made."""
        file = self.ada.folder / 'carried'
        self.down(self.ada)
        done = self.kill_command('carry', self.begin(self.ada, 'sync', '--to-file', file))
        self.check(file.exists() or not done, 'a file that was said to be made is not there')
        self.up(self.ada)
        if not file.exists():
            self.ada.json('sync', '--to-file', file)
        self.up(self.ben)
        self.ben.json('sync', '--from-file', file)
        file.unlink()
        self.assert_sound(self.ben, of=('Ada', 'Ben'))

    def kill_at_take(self):
        """A sync by file, while the file is read."""
        file = self.ada.folder / 'carried'
        self.down(self.ben)
        self.up(self.ada)
        self.done(self.kept.bring(self.ada, 'Ada', True, BROUGHT))
        self.ada.json('sync', '--to-file', file)
        self.kill_command('take', self.begin(self.ben, 'sync', '--from-file', file))
        self.assert_sound(self.ben)
        self.ben.json('sync', '--from-file', file)
        file.unlink()
        self.assert_sound(self.ben, of=('Ada', 'Ben'))

    def kill_at_wipe(self):
        """Whose folder is free for another journal after the next try, whatever was left."""
        home = self.fresh()
        self.down(self.ada)
        shutil.copytree(self.ada.path, home.path)
        self.kill_command('wipe', self.begin(home, 'wipe', '--yes'), opens=False)
        again = home.run('--json', 'wipe', '--yes', expect=None)
        self.check(again.code in (0, 4), again)
        home.json('init', '--name', 'New', *FRESH)
        self.forget(home)
