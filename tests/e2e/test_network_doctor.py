"""doctor --network names what keeps two nodes apart: each cause is made on a network of namespaces, and undone again.

Firewalls are rules of routing here (ip rule ... blackhole, prohibit), which every machine with iproute2 has: they drop or
forbid by protocol and port as a firewall does. One that drops what comes back to this computer itself, and a program of
another version, are cases of tests/node/network_findings_test.cc.
"""
import contextlib
import os
import subprocess
import sys
import unittest

import lan
from attune import Homes

BEACON_PORT = 29417
ADA, BEN = '192.168.77.1', '192.168.77.2'

# Holds a tunnel open, as the program of a VPN does: without a reader it would not count as up.
TUNNEL = """
import fcntl, struct, sys
device = open('/dev/net/tun', 'r+b', buffering=0)
fcntl.ioctl(device, 0x400454ca, struct.pack('16sH14x', b'tun0', 0x1001))
print('ready', flush=True)
sys.stdin.read()
"""


class Apart(unittest.TestCase):
    """One couple for all cases: ada asks the doctor; ben's node is up unless a case says otherwise."""

    @classmethod
    def setUpClass(cls):
        cls.network = cls.enterClassContext(lan.Network())
        cls.homes = cls.enterClassContext(Homes())
        cls.bridge = cls.network.bridge()
        cls.ada, cls.ben = cls.person('Ada', f'{ADA}/24'), cls.person('Ben', f'{BEN}/24')
        showing = cls.ada.start('pair', '--listen', f'{ADA}:0')
        first = showing.line()
        cls.ben.json('pair', first['code'], '--peer', first['listening'])
        showing.end()

    @classmethod
    def person(cls, name, *addresses):
        host = cls.network.host(name.lower())
        host.plug(cls.bridge, *addresses, ipv6=False)
        home = cls.homes.new(name)
        home.host = host
        return home

    def setUp(self):
        self.ben.json('up')
        self.addCleanup(self.ben.run, 'down', expect=None)

    def asked(self, expect=5, home=None):
        answer = (home or self.ada).json('doctor', '--network', expect=expect)
        for finding in answer['findings']:
            self.assertTrue(finding['text'] and finding['next'], finding)
        self.assertTrue(answer['checked'])
        return answer['findings']

    def causes(self, expect=5, home=None):
        return [finding['cause'] for finding in self.asked(expect, home)]

    def undo(self, host, *words):
        self.addCleanup(host.ip, *words)

    def rule(self, host, *words):
        host.ip('rule', 'add', 'pref', 5, *words)
        self.undo(host, 'rule', 'del', 'pref', 5, *words)

    def port(self, home):
        return int(home.json('status')['listening'].rsplit(':', 1)[1])

    @contextlib.contextmanager
    def local_rules_later(self, host):
        """What is for this host itself is decided first of all; rules of a firewall have to come before it."""
        host.ip('rule', 'add', 'pref', 50, 'lookup', 'local')
        host.ip('rule', 'del', 'pref', 0)
        yield
        host.ip('rule', 'add', 'pref', 0, 'lookup', 'local')
        host.ip('rule', 'del', 'pref', 50)

    def test_nothing_keeps_them_apart(self):
        self.assertEqual(self.causes(expect=0), [])
        self.ada.json('up')
        self.addCleanup(self.ada.down)
        self.assertEqual(self.causes(expect=0), [])

    def test_the_partners_node_is_down(self):
        self.ben.down()
        found = self.asked()
        self.assertEqual([one['cause'] for one in found], ['no_answer'])
        self.assertIn(BEN, found[0]['text'])
        self.ada.json('up')   # the same from a node that runs
        self.addCleanup(self.ada.down)
        self.assertEqual(self.causes(), ['no_answer'])

    def test_the_partners_computer_is_off(self):
        self.ben.host.ip('link', 'set', 'eth0', 'down')
        self.addCleanup(self.ben.host.plugged_in_again, f'{BEN}/24')
        self.ada.host.ip('neigh', 'flush', 'all')
        self.assertEqual(self.causes(), ['no_answer', 'isolation', 'multicast'])

    def test_this_computer_is_in_no_network(self):
        self.ada.host.ip('link', 'set', 'eth0', 'down')
        self.addCleanup(self.ada.host.plugged_in_again, f'{ADA}/24')
        self.assertEqual(self.causes(), ['no_network'])

    def test_the_router_isolates_its_clients(self):
        for port in ('ada0', 'ben0'):
            subprocess.run(['bridge', 'link', 'set', 'dev', port, 'isolated', 'on'], check=True)
            self.addCleanup(subprocess.run, ['bridge', 'link', 'set', 'dev', port, 'isolated', 'off'], check=True)
        for home in (self.ada, self.ben):
            home.host.ip('neigh', 'flush', 'all')
        # From one side a computer that is off looks the same, and both are said.
        self.assertEqual(self.causes(), ['no_answer', 'isolation', 'multicast'])

    def test_broadcast_passes_and_nothing_else(self):
        """As some routers isolate: who cannot be asked where they are, and still is heard."""
        self.ben.down()
        for home, other in ((self.ada, BEN), (self.ben, ADA)):
            self.rule(home.host, 'iif', 'lo', 'to', other, 'ipproto', 'tcp', 'unreachable')
        asking = self.ada.start('doctor', '--network')
        self.addCleanup(asking.kill)
        self.ben.json('up')   # says where it is, at once
        self.assertIn('isolation', [one['cause'] for one in asking.end(expect=5)[-1]['findings']])

    def test_broadcast_and_multicast_are_filtered(self):
        for port in ('ada0', 'ben0'):
            for kind in ('mcast_flood', 'bcast_flood'):
                subprocess.run(['bridge', 'link', 'set', 'dev', port, kind, 'off'], check=True)
                self.addCleanup(subprocess.run, ['bridge', 'link', 'set', 'dev', port, kind, 'on'], check=True)
        # A filtering router answers for its clients when somebody asks where they are; here they know.
        for home, other, at in ((self.ada, self.ben, BEN), (self.ben, self.ada, ADA)):
            home.host.ip('neigh', 'replace', at, 'lladdr', other.host.hardware(), 'dev', 'eth0', 'nud', 'permanent')
            self.undo(home.host, 'neigh', 'del', at, 'dev', 'eth0')
        called = self.ada.json('up')['listening'].rsplit(':', 1)[1]
        self.ada.down()
        # Where ben happens to call first there is nothing to see.
        self.rule(self.ben.host, 'iif', 'lo', 'to', ADA, 'ipproto', 'tcp', 'dport', called, 'prohibit')
        self.assertEqual(self.causes(), ['multicast'])

    def test_the_partner_has_a_firewall(self):
        host = self.ben.host
        with self.local_rules_later(host):
            for protocol, port in (('tcp', self.port(self.ben)), ('udp', BEACON_PORT)):
                self.rule(host, 'iif', 'eth0', 'ipproto', protocol, 'dport', port, 'blackhole')
            self.rule(host, 'iif', 'lo', 'to', ADA, 'ipproto', 'tcp', 'blackhole')   # else ben calls, and all is well
            self.ben.down()
            self.ben.json('up')
            found = self.asked()
            self.doCleanups()
        self.assertEqual(found[0]['cause'], 'firewall')
        self.assertIn('Ben', found[0]['text'])

    def test_this_computer_has_a_firewall(self):
        self.rule(self.ada.host, 'iif', 'lo', 'ipproto', 'udp', 'dport', BEACON_PORT, 'prohibit')
        self.rule(self.ada.host, 'iif', 'lo', 'ipproto', 'tcp', 'to', BEN, 'prohibit')
        self.ben.down()
        with self.local_rules_later(self.ada.host):
            found = self.asked()
        self.assertEqual([one['cause'] for one in found], ['firewall'])
        self.assertIn('This computer', found[0]['text'])

    def test_a_vpn_takes_the_way(self):
        if not os.access('/dev/net/tun', os.W_OK):
            needs.skip(self, 'there are no tunnels here')
        host = self.ada.host
        vpn = subprocess.Popen(host.inside([sys.executable, '-c', TUNNEL]), stdin=subprocess.PIPE, stdout=subprocess.PIPE)
        self.addCleanup(vpn.communicate)
        vpn.stdout.readline()
        host.ip('address', 'add', '10.8.0.2/32', 'dev', 'tun0')
        host.ip('link', 'set', 'tun0', 'up')
        host.ip('route', 'add', 'default', 'dev', 'tun0', 'table', 100)
        self.rule(host, 'lookup', 100)
        self.ben.down()   # else it may call first, which no VPN on this side keeps from arriving
        found = self.asked()
        self.assertEqual(found[0]['cause'], 'vpn')
        self.assertIn('tun0', found[0]['text'])

    def test_the_two_are_in_different_networks(self):
        router = self.network.host('router')
        router.plug(self.bridge, '192.168.77.254/24')
        router.plug(self.network.bridge('guests'), '192.168.78.254/24')
        router.sysctl('ipv4.ip_forward', 1)
        lan.ip('link', 'set', 'ada0', 'master', 'guests')
        self.addCleanup(lan.ip, 'link', 'set', 'ada0', 'master', self.bridge)
        self.ada.host.ip('address', 'flush', 'dev', 'eth0', 'scope', 'global')
        self.ada.host.ip('address', 'add', '192.168.78.1/24', 'dev', 'eth0')
        self.addCleanup(self.ada.host.plugged_in_again, f'{ADA}/24')
        self.assertEqual(self.causes(), ['subnet'])              # no way there at all
        self.ada.host.ip('route', 'add', 'default', 'via', '192.168.78.254')
        self.assertEqual(self.causes(), ['subnet'])              # no way back
        self.ben.host.ip('route', 'add', '192.168.78.0/24', 'via', '192.168.77.254')
        self.undo(self.ben.host, 'route', 'del', '192.168.78.0/24')
        self.assertEqual(self.causes(expect=0), [])              # a router that joins them

    def test_clocks_differ(self):
        self.ben.down()
        off = self.ada.with_clock_off(600)
        asking = off.start('doctor', '--network')
        self.addCleanup(asking.kill)
        self.ben.json('up')   # says where it is, and when
        # Who runs the check lets clocks be a day apart for ten minutes: ben may get through, and is told of all the same.
        found = asking.end(expect=5)[-1]['findings']
        self.assertEqual([one['cause'] for one in found], ['clock'])
        self.assertIn('10 minutes behind', found[0]['text'])

    def test_zz_the_keys_differ(self):
        """Last: ben leaves. To ada he is a device that does not answer, like one of another time or another version."""
        self.ben.json('leave', '--yes')
        found = self.asked()
        self.assertEqual([one['cause'] for one in found], ['clock', 'key', 'version'])
        self.assertNotIn('left', ' '.join(one['text'] + one['next'] for one in found))
        self.assertEqual(self.causes(home=self.ben), ['nobody'])


if __name__ == '__main__':
    lan.alone()
    unittest.main()
