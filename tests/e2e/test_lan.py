"""Two laptops on one home network find each other: no address is ever named. In network namespaces of its own."""
import unittest

import lan
from attune import Homes, eventually

BEACON_PORT = 29417
BEACON_SIZE = 96


class OnOneNetwork(unittest.TestCase):
    ADDRESSES = {'ada': ['192.168.77.1/24'], 'ben': ['192.168.77.2/24']}
    IPV6 = True

    def setUp(self):
        self.network = self.enterContext(lan.Network())
        self.homes = self.enterContext(Homes())
        self.bridge = self.network.bridge()
        self.ada, self.ben = (self.person(name, *self.ADDRESSES[name.lower()]) for name in ('Ada', 'Ben'))

    def person(self, name, *addresses):
        host = self.network.host(name.lower())
        host.plug(self.bridge, *addresses, ipv6=self.IPV6)
        home = self.homes.new(name)
        home.host = host
        return home

    def pair(self):
        showing = self.ada.start('pair')
        self.addCleanup(showing.kill)
        first = showing.line()
        self.assertIsNotNone(first)
        joined = self.ben.json('pair', first['code'])
        shown = showing.end()[-1]
        self.assertEqual((shown['paired_with'], joined['paired_with']), ('Ben', 'Ada'))
        self.assertEqual(shown['check'], joined['check'])

    def up(self, *homes):
        for home in homes:
            home.json('up')

    def arrives(self, writer, reader, text):
        entry = writer.json('write', text, '--shared')['id']
        eventually(lambda: any(one['id'] == entry for one in reader.entries()), f'"{text}" arrives')

    def both_ways(self, what):
        self.arrives(self.ada, self.ben, f'from ada {what}')
        self.arrives(self.ben, self.ada, f'from ben {what}')


class TwoLaptops(OnOneNetwork):
    def test_they_pair_and_stay_linked_without_an_address(self):
        self.pair()
        self.up(self.ada, self.ben)
        self.both_ways('at first')

    def test_one_syncs_with_a_node_that_stays(self):
        self.pair()
        self.up(self.ada)
        self.ben.json('write', 'hello', '--shared')
        self.assertEqual(self.ben.json('sync')['peers'], 1)
        self.assertEqual([entry['body'] for entry in self.ada.entries()], ['hello'])

    def test_two_that_sync_at_once_meet_without_a_node(self):
        self.pair()
        self.ada.json('write', 'from ada', '--shared')
        self.ben.json('write', 'from ben', '--shared')
        adas, bens = self.ada.start('sync'), self.ben.start('sync')
        self.assertEqual([adas.end()[-1]['peers'], bens.end()[-1]['peers']], [1, 1])
        for home in (self.ada, self.ben):
            self.assertEqual({entry['body'] for entry in home.entries()}, {'from ada', 'from ben'})

    def test_new_addresses_on_both_sides_part_nobody(self):
        self.pair()
        self.up(self.ada, self.ben)
        self.both_ways('at first')
        for home, old, new in ((self.ada, 1, 11), (self.ben, 2, 12)):
            home.host.ip('address', 'flush', 'dev', 'eth0')
            home.host.ip('address', 'add', f'192.168.77.{new}/24', 'dev', 'eth0')
        self.both_ways('at other addresses')

    def test_one_more_address_ends_no_link(self):
        self.pair()
        self.up(self.ada, self.ben)
        self.both_ways('at first')
        with lan.Capture(self.ben.host) as capture:
            self.ada.host.ip('address', 'add', '192.168.78.1/24', 'dev', 'eth0')
            eventually(lambda: any(frame.udp and frame.udp[1] == BEACON_PORT and frame.source == '192.168.78.1'
                                   for frame in capture.frames()), 'the node noticed it')
            self.both_ways('with one more')
            frames = [frame for frame in capture.frames() if frame.tcp]
        syn = 2
        self.assertNotEqual(frames, [])
        self.assertEqual([frame.source for frame in frames if frame.tcp[3] & syn], [])

    def test_new_addresses_while_both_are_down_part_nobody(self):
        self.pair()
        for home, new in ((self.ada, 11), (self.ben, 12)):
            home.host.ip('address', 'flush', 'dev', 'eth0')
            home.host.ip('address', 'add', f'192.168.77.{new}/24', 'dev', 'eth0')
        self.up(self.ada)
        self.assertEqual(self.ben.json('sync')['peers'], 1)

    def test_a_new_device_finds_the_others_while_it_has_the_words(self):
        self.pair()
        self.ada.json('write', 'private')
        self.up(self.ada)
        desktop = self.homes.new('Desktop', init=False)
        desktop.host = self.network.host('desktop')
        desktop.host.plug(self.bridge, '192.168.77.3/24')
        desktop.keep_words(self.ada.words)
        made = desktop.json('restore', '--device', 'desktop', '--unlock-cost', 'interactive')
        self.assertEqual((made['name'], made['entries']), ('Ada', 1))
        self.assertEqual({one['name'] for one in self.ada.json('device', 'list')['devices']}, {'Ada-laptop', 'desktop'})

    def test_a_removal_is_planned_with_whoever_is_found_but_for_the_lost_device(self):
        self.pair()
        self.up(self.ada)
        lost = self.homes.new('Lost', init=False)
        lost.host = self.network.host('lost')
        lost.host.plug(self.bridge, '192.168.77.3/24')
        lost.keep_words(self.ada.words)
        lost.json('restore', '--device', 'lost', '--unlock-cost', 'interactive')
        self.ada.down()
        self.ben.host.ip('address', 'flush', 'dev', 'eth0')
        self.ben.host.ip('address', 'add', '192.168.77.12/24', 'dev', 'eth0')
        self.up(self.ben, lost)
        self.ben.json('write', 'from ben', '--shared')
        lost.json('write', 'made up')

        revoke = ['device', 'revoke', 'lost']
        alone = self.ada.run('--words-file', self.ben.words_file, *revoke, '--no-discovery', expect=3)   # up to the words
        self.assertIn('No other device could be reached', alone.err, 'where he was nobody is any more')
        self.assertEqual(self.ada.entries(), [])
        found = self.ada.run(*revoke)
        self.assertIn('Synced with Ben just now.', found.err)
        self.assertNotIn('Synced with lost', found.err)
        self.assertEqual([entry['body'] for entry in self.ada.entries()], ['from ben'])


if __name__ == '__main__':
    lan.alone()
    unittest.main()
