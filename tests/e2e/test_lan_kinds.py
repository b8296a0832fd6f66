"""Two laptops pair, sync and stay linked on home networks of several kinds: IPv6 alone, IPv4 alone, several interfaces,
a link that goes and comes back. None of them has a default route, and nobody asks for a name."""
import subprocess
import unittest

import lan
from attune import eventually
from test_lan import OnOneNetwork


class Kind(OnOneNetwork):
    def sound(self):
        for home in (self.ada, self.ben):
            for version in ('-4', '-6'):
                route = subprocess.run(home.host.inside(['ip', version, 'route', 'show', 'default']), check=True,
                                       capture_output=True, text=True)
                self.assertEqual(route.stdout, '')
        self.pair()
        self.up(self.ada, self.ben)
        self.both_ways('at first')


class IPv6Alone(Kind):
    ADDRESSES = {'ada': [], 'ben': []}   # what every interface gives itself: fe80::

    def test_it_works(self):
        self.sound()


class IPv4Alone(Kind):
    IPV6 = False

    def test_it_works(self):
        self.sound()


class SeveralInterfaces(Kind):
    def setUp(self):
        super().setUp()
        # As with a cable beside Wi-Fi; and a network of each one's own, where the other is not.
        cable = self.network.bridge('cable')
        for place, (home, address) in enumerate(((self.ada, 1), (self.ben, 2))):
            home.host.plug(cable, f'10.1.1.{address}/24')
            home.host.plug(self.network.bridge(f'own{place}'), f'10.2.{place}.1/24')

    def test_one_of_them_is_enough(self):
        self.sound()
        for gone, back in (('eth0', None), ('eth1', 'eth0')):
            for home in (self.ada, self.ben):
                home.host.ip('link', 'set', gone, 'down')
                if back:
                    home.host.ip('link', 'set', back, 'up')
            self.both_ways(f'without {gone}')


class ALinkThatGoesAndComesBack(Kind):
    def test_they_go_on_by_themselves(self):
        self.sound()
        for port in ('ben0', 'ada0'):   # the cable is pulled, as a router that restarts does to everybody
            lan.ip('link', 'set', port, 'down')
            for home, text in ((self.ada, 'apart, from ada'), (self.ben, 'apart, from ben')):
                home.json('write', f'{text} {port}', '--shared')
            lan.ip('link', 'set', port, 'up')
            for home in (self.ada, self.ben):
                eventually(lambda home=home: sum(port in entry['body'] for entry in home.entries()) == 2,
                           f'what was written while {port} was down arrives')
        self.both_ways('afterwards')


if __name__ == '__main__':
    lan.alone()
    unittest.main()
