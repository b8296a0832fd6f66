"""Five real nodes, three of Ada's and two of Ben's, none of which reaches all others: they are stopped and started,
written on everywhere, and one of them is lost and revoked. In the end all that are left hold the same."""
import unittest

from attune import Homes, eventually

# Who is told whose address: nobody is told all, and Ben's phone only ever hears of Ada's desk by way of others.
REACH = {'laptop': (), 'phone': ('laptop',), 'desk': ('phone', 'ben'), 'ben': ('laptop',), 'bens-phone': ('ben', 'desk')}


class Five(unittest.TestCase):
    def setUp(self):
        self.homes = self.enterContext(Homes())
        laptop, ben = self.homes.couple()
        self.nodes = {'laptop': laptop, 'ben': ben}
        self.at = {}
        self.expected = {'ada': set(), 'ben': set()}
        self.start('laptop')
        self.start('ben')
        for name, first in (('phone', 'laptop'), ('desk', 'laptop'), ('bens-phone', 'ben')):
            home = self.homes.new(name, init=False)
            home.keep_words(self.nodes[first].words)
            home.json('restore', '--device', name, '--unlock-cost', 'interactive', '--peer', self.at[first])
            self.nodes[name] = home
            self.start(name)

    def peers(self, *names):
        return [option for name in names if name in self.at for option in ('--peer', self.at[name])]

    def start(self, name, *others):
        self.at[name] = self.nodes[name].up(*self.peers(*(others or REACH[name])))

    def stop(self, name):
        self.nodes[name].down()
        del self.at[name]

    @staticmethod
    def person(name):
        return 'ben' if name.startswith('ben') else 'ada'

    def write(self, name, text, shared):
        entry = self.nodes[name].json('write', *(['--shared'] if shared else []), stdin=text)['id']
        for person in ('ada', 'ben') if shared else (self.person(name),):
            self.expected[person].add(text)
        return entry

    def write_everywhere(self, when, names):
        for name in names:
            self.write(name, f'{name} to both, {when}', True)
            self.write(name, f'{name} alone, {when}', False)

    def bodies(self, name):
        return sorted(entry['body'] for entry in self.nodes[name].entries())

    def assert_alike(self, names):
        for name in names:
            wanted = sorted(self.expected[self.person(name)])
            eventually(lambda: self.bodies(name) == wanted,
                       f'{name} never got {set(wanted) - set(self.bodies(name))}, '
                       f'or kept {set(self.bodies(name)) - set(wanted)}')

    def test_they_end_alike_and_the_lost_one_gets_nothing_new(self):
        everybody = list(self.nodes)
        self.write_everywhere('at first', everybody)
        gone = self.write('phone', 'erased by the phone before it was lost', True)
        self.assert_alike(everybody)

        # In turns some are off, and what is written meanwhile reaches them later.
        for away in ('laptop', 'ben', 'desk'):
            self.stop(away)
            self.write_everywhere(f'while {away} is off', [name for name in everybody if name != away])
            self.write(away, f'{away}, off', True)
            self.start(away)
        for name in everybody:   # ports have changed: those who were told others call at the new ones
            self.nodes[name].down()
        self.at.clear()
        for name in ('laptop', 'ben', 'phone', 'desk', 'bens-phone'):
            self.start(name)
        self.assert_alike(everybody)

        # What the phone took back before it was lost stays taken back.
        self.nodes['phone'].run('erase', gone)
        for person in ('ada', 'ben'):
            self.expected[person].remove('erased by the phone before it was lost')
        self.assert_alike(everybody)

        self.stop('ben')   # one of them is off while the phone is revoked, and hears of it later
        self.nodes['laptop'].run('device', 'revoke', 'phone')
        left = [name for name in everybody if name != 'phone']
        self.write('ben', 'ben, off, since', True)
        self.write('laptop', 'laptop, since', True)   # who gets this has heard of it before
        # Ben's laptop is back, and the desk, which only knew the phone and Ben's, gets to where the new key is.
        self.stop('desk')
        self.start('ben', 'laptop', 'bens-phone')
        self.start('desk', 'laptop', 'bens-phone')
        self.assert_alike(left)
        before = self.bodies('phone')
        self.write_everywhere('since', left)
        for text in ('made up, alone', 'made up, to both'):
            self.nodes['phone'].json('write', *(['--shared'] if 'both' in text else []), stdin=text)
        self.nodes['phone'].down()
        self.nodes['phone'].up(*self.peers('laptop', 'ben', 'desk', 'bens-phone'))
        self.assert_alike(left)
        self.nodes['phone'].down()
        self.assertNotEqual(self.nodes['phone'].run('sync', *self.peers(*left), expect=None).code, 0)
        self.assertEqual(self.bodies('phone'), sorted([*before, 'made up, alone', 'made up, to both']))
        self.assert_alike(left)
        for name in left:
            eventually(lambda: self.nodes[name].json('status').get('waiting', 0) == 0, f'something waits at {name}')
            self.nodes[name].down()
            self.assertEqual(self.nodes[name].json('doctor').get('problems', []), [], name)


if __name__ == '__main__':
    unittest.main()
