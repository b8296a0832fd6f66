"""A home network of network namespaces: hosts on a bridge that works as a hub, so that each can hear all others.

    if __name__ == '__main__':
        lan.alone()        # from here on inside namespaces of our own; not run where that is not allowed
        unittest.main()

No packet leaves: the namespaces have no way out, no default route and no DNS. Everything is gone when the test ends.
"""
import os
import shutil
import socket
import struct
import subprocess
import sys
import threading

from needs import not_run

INSIDE = 'ATTUNE_INSIDE_LAN'


def alone():
    """As enter(); where that is not allowed the program ends as one that was not run."""
    if not enter():
        not_run('network namespaces are not allowed here, or iproute2 and util-linux are lacking')


def enter():
    """Starts this program again in namespaces of its own: network, mounts, processes. True: it is inside of them. False:
    that is not allowed here."""
    if os.environ.pop(INSIDE, None) and os.getpid() == 1:
        subprocess.run(['mount', '-t', 'tmpfs', 'tmpfs', '/run'], check=True)   # for the names of ip netns
        return True
    wrapped = ['unshare', '--net', '--mount', '--pid', '--fork', '--kill-child', '--mount-proc']
    if os.geteuid() != 0:
        wrapped[1:1] = ['--user', '--map-root-user']
    try_out = ('mount -t tmpfs tmpfs /run && ip netns add one && ip link add name test0 type veth peer name test1 netns one && '
               'ip link add name test2 type bridge')
    tools = all(shutil.which(tool) for tool in ('unshare', 'nsenter', 'ip', 'mount'))
    if not tools or subprocess.run([*wrapped, 'sh', '-c', try_out], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
                                   check=False).returncode != 0:
        return False
    os.environ[INSIDE] = '1'
    sys.stdout.flush()
    os.execvp(wrapped[0], [*wrapped, sys.executable, '-B', *sys.argv])   # instead of this one: whoever ends it ends it all


def ip(*words):
    subprocess.run(['ip', *map(str, words)], check=True)


class Host:
    """One computer. Its interfaces are eth0, eth1, ... in the order in which it was plugged in."""

    def __init__(self, name):
        self.name, self.plugs = name, 0
        ip('netns', 'add', name)
        self.ip('link', 'set', 'lo', 'up')

    def inside(self, command):
        return ['nsenter', f'--net=/run/netns/{self.name}', *command]

    def ip(self, *words):
        subprocess.run(self.inside(['ip', *map(str, words)]), check=True)

    def sysctl(self, name, value):
        subprocess.run(self.inside(['sh', '-c', f'echo {value} > /proc/sys/net/{name.replace(".", "/")}']), check=True)

    def plug(self, bridge, *addresses, ipv6=True):
        """Plugs a cable in; addresses as ADDRESS/LENGTH, added without a broadcast address and without any route but
        the one to this network. IPv6 addresses count at once."""
        eth, outside = f'eth{self.plugs}', f'{self.name}{self.plugs}'
        self.plugs += 1
        ip('link', 'add', 'name', outside, 'type', 'veth', 'peer', 'name', eth, 'netns', self.name)
        self.sysctl(f'ipv6.conf.{eth}.accept_dad', 0)
        self.sysctl(f'ipv6.conf.{eth}.disable_ipv6', 0 if ipv6 else 1)
        ip('link', 'set', outside, 'master', bridge, 'up')
        self.ip('link', 'set', eth, 'up')
        for address in addresses:
            self.ip('address', 'add', address, 'dev', eth)
        return eth

    def plugged_in_again(self, *addresses):
        """eth0 as it was plugged in first, whatever was done to it."""
        self.ip('link', 'set', 'eth0', 'up')
        self.ip('address', 'flush', 'dev', 'eth0', 'scope', 'global')
        for address in addresses:
            self.ip('address', 'add', address, 'dev', 'eth0')

    def hardware(self):
        shown = subprocess.run(self.inside(['ip', '-o', 'link', 'show', 'eth0']), check=True, capture_output=True, text=True)
        return shown.stdout.split('link/ether ')[1].split()[0]

    def link_local(self):
        shown = subprocess.run(self.inside(['ip', '-o', '-6', 'address', 'show', 'dev', 'eth0', 'scope', 'link']), check=True,
                               capture_output=True, text=True)
        return shown.stdout.split('inet6 ')[1].split('/')[0]

    def remove(self):
        for plug in range(self.plugs):   # first: a namespace lets go of its interfaces only some time after it went
            ip('link', 'del', f'{self.name}{plug}')
        ip('netns', 'del', self.name)


class Network:
    """with Network() as network: a bridge, and hosts that go with it."""

    def __init__(self):
        self.hosts, self.bridges = {}, []

    def __enter__(self):
        return self

    def __exit__(self, *_):
        for host in self.hosts.values():
            host.remove()
        for bridge in self.bridges:
            ip('link', 'del', bridge)

    def bridge(self, name='home'):
        ip('link', 'add', 'name', name, 'type', 'bridge', 'ageing_time', 0, 'mcast_snooping', 0)
        with open(f'/proc/sys/net/ipv6/conf/{name}/disable_ipv6', 'w', encoding='ascii') as quiet:
            quiet.write('1')
        ip('link', 'set', name, 'up')
        self.bridges.append(name)
        return name

    def host(self, name):
        self.hosts[name] = Host(name)
        return self.hosts[name]


class Frame:
    """One captured Ethernet frame, as far as the tests look at it."""

    def __init__(self, raw):
        self.raw, self.source, self.target = raw, None, None
        self.udp = self.tcp = None   # (source port, target port, payload); tcp: and its flags
        kind = struct.unpack('!H', raw[12:14])[0]
        if kind == 0x0800:
            header = (raw[14] & 15) * 4
            self.source, self.target = socket.inet_ntop(socket.AF_INET, raw[26:30]), socket.inet_ntop(socket.AF_INET, raw[30:34])
            length = struct.unpack('!H', raw[16:18])[0]
            self.transport(raw[23], raw[14 + header:14 + length])
        elif kind == 0x86dd:
            self.source, self.target = (socket.inet_ntop(socket.AF_INET6, raw[at:at + 16]) for at in (22, 38))
            self.transport(raw[20], raw[54:54 + struct.unpack('!H', raw[18:20])[0]])

    def transport(self, protocol, data):
        if protocol == 17:
            self.udp = (*struct.unpack('!HH', data[:4]), data[8:])
        elif protocol == 6:
            self.tcp = (*struct.unpack('!HH', data[:4]), data[(data[12] >> 4) * 4:], data[13])


# Prints each frame that the host hears, as hex, and a first line once it listens.
EAR = """
import socket
ear = socket.socket(socket.AF_PACKET, socket.SOCK_RAW, socket.htons(3))
ear.setsockopt(socket.SOL_SOCKET, 33, 1 << 25)
print('ready', flush=True)
while True:
    print(ear.recv(65600).hex(), flush=True)
"""


class Capture:
    """with Capture(host) as capture: everything that the host hears on any of its interfaces."""

    def __init__(self, host):
        self.host, self.raw = host, []

    def __enter__(self):
        self.process = subprocess.Popen(self.host.inside([sys.executable, '-c', EAR]), stdout=subprocess.PIPE, text=True)
        self.process.stdout.readline()
        self.thread = threading.Thread(target=self.listen)
        self.thread.start()
        return self

    def listen(self):
        for line in self.process.stdout:
            self.raw.append(bytes.fromhex(line))

    def frames(self):
        return [Frame(raw) for raw in list(self.raw)]

    def __exit__(self, *_):
        self.process.kill()
        self.thread.join()
        self.process.wait()
        self.process.stdout.close()
