"""The node: up, down, node, watch, status and sync; who finds whom, what happens when nobody is there, and who waits."""
import json
import os
import signal
import socket
import stat
import subprocess
import unittest

from acknowledged import Kept
from attune import BINARY, PATIENCE, Homes, eventually, pair, resident_mib


def closed_port():
    """A port of loopback on which nobody listens, held so that nobody else gets it."""
    holder = socket.socket()
    holder.bind(('127.0.0.1', 0))
    return holder, f'127.0.0.1:{holder.getsockname()[1]}'


class Lifecycle(unittest.TestCase):
    def setUp(self):
        self.homes = self.enterContext(Homes())
        self.home = self.homes.new('Ada')

    def test_up_says_where_it_listens_and_a_second_one_is_refused(self):
        where = self.home.up()
        self.assertRegex(where, r'^127\.0\.0\.1:\d+$')
        status = self.home.json('status')
        self.assertEqual((status['node'], status['listening']), ('running', where))
        self.assertEqual(self.home.fails(1, 'up')['code'], 'exists')
        self.assertEqual(self.home.fails(1, 'node')['code'], 'exists')
        self.assertEqual(self.home.json('status')['listening'], where, 'the first one goes on')
        socket.create_connection(tuple(where.split(':')), 5).close()

    def test_of_two_that_start_at_once_one_runs_and_the_other_is_told_so(self):
        both = [self.home.start('node', '--listen', '127.0.0.1:0', '--no-discovery') for _ in range(2)]
        for running in both:
            self.addCleanup(running.kill)
        first = [running.line() for running in both]
        listening = [line for line in first if line]
        self.assertEqual(len(listening), 1)
        loser = both[0] if first[0] is None else both[1]
        self.assertEqual(loser.process.wait(PATIENCE), 1)
        self.assertEqual(json.loads(loser.process.stderr.read())['error']['code'], 'exists')
        self.assertEqual(self.home.json('status')['listening'], listening[0]['listening'])

    def test_down_ends_it_and_without_one_it_is_no_error(self):
        where = self.home.up()
        self.home.json('down')
        self.assertEqual(self.home.json('status')['node'], 'stopped')
        with self.assertRaises(ConnectionRefusedError):
            socket.create_connection(tuple(where.split(':')), 5)
        self.home.json('down')
        self.home.json('lock')
        self.home.up()

    def test_no_passphrase_is_needed_while_it_runs_and_again_when_it_is_down(self):
        self.home.up()
        bare = self.home.without('ATTUNE_PASSPHRASE_FILE')
        entry = bare.json('write', 'through the node')['id']
        bare.json('lock')
        self.assertEqual(bare.fails(2, 'show', entry)['code'], 'usage')
        self.assertEqual(self.home.json('show', entry)['body'], 'through the node')

    @unittest.skipIf('ASAN_OPTIONS' in os.environ, 'a sanitizer keeps what was freed')
    def test_a_list_of_everything_leaves_no_memory_behind(self):
        kept, owner = Kept(), self.home.name
        self.assertTrue(kept.bring(self.home, owner, False, 20_000).end())
        running = self.home.start('node', '--listen', '127.0.0.1:0', '--no-discovery')
        self.addCleanup(running.kill)
        running.line()
        self.home.json('list')
        before = resident_mib(running.process.pid)
        self.assertEqual(len(self.home.entries()), 20_000)
        eventually(lambda: resident_mib(running.process.pid) < before + 10, 'it is given back', patience=10)

    def test_the_control_socket_is_for_its_owner_alone_and_leaves_with_the_node(self):
        self.home.up()
        found = [path for path in (self.home.folder / 'run').rglob('*')]
        self.assertTrue(any(stat.S_ISSOCK(path.stat().st_mode) for path in found))
        for path in found:
            self.assertEqual(path.stat().st_mode & 0o077, 0, path)
        self.home.down()
        self.assertFalse(any(stat.S_ISSOCK(path.stat().st_mode) for path in (self.home.folder / 'run').rglob('*')))

    def test_without_a_runtime_folder_the_socket_lives_in_the_home(self):
        other = self.home.without('XDG_RUNTIME_DIR')
        other.up()
        self.addCleanup(other.run, 'down', expect=None)
        self.assertEqual(other.without('ATTUNE_PASSPHRASE_FILE').json('status')['node'], 'running')
        for path in self.home.path.rglob('*'):
            self.assertEqual(path.stat().st_mode & 0o077, 0, path)

    def test_a_node_in_the_foreground_tells_where_and_ends_cleanly_on_sigterm(self):
        for end in (signal.SIGTERM, signal.SIGINT):
            running = self.home.start('node', '--listen', '127.0.0.1:0', '--no-discovery')
            self.addCleanup(running.kill)
            first = running.line()
            self.assertEqual(first['event'], 'listening')
            self.assertEqual(self.home.json('status')['listening'], first['listening'])
            entry = self.home.json('write', 'in between')['id']
            running.process.send_signal(end)
            running.end(expect=0)
            self.assertEqual(self.home.json('show', entry)['body'], 'in between')
            self.assertEqual(self.home.json('doctor').get('problems', []), [])

    def test_a_killed_node_leaves_nothing_in_the_way(self):
        running = self.home.start('node', '--listen', '127.0.0.1:0', '--no-discovery')
        running.line()
        entry = self.home.json('write', 'before the kill')['id']
        running.kill()
        self.assertEqual(self.home.json('show', entry)['body'], 'before the kill')
        self.home.up()
        self.assertEqual(self.home.json('status')['node'], 'running')

    def test_an_address_that_cannot_be_listened_on_is_an_error_and_leaves_no_node(self):
        with socket.socket() as taken:
            taken.bind(('127.0.0.1', 0))
            taken.listen()
            result = self.home.run('--json', 'up', '--no-discovery', '--listen', f'127.0.0.1:{taken.getsockname()[1]}', expect=None)
            self.assertIn(result.error['code'], ('busy', 'unreachable', 'exists'), result)
        for listen in ('nonsense', '127.0.0.1', '127.0.0.1:99999', ':', '127.0.0.1:-1', '192.0.2.1:0', 'a' * 5000 + ':1'):
            with self.subTest(listen=listen[:20]):
                result = self.home.run('--json', 'up', '--no-discovery', '--listen', listen, expect=None)
                self.assertNotEqual(result.code, 0, result)
                self.assertIn(result.error['code'], ('usage', 'unreachable'), result)
        self.assertEqual(self.home.json('status')['node'], 'stopped')

    def test_a_peer_that_is_no_address_is_wrong_usage(self):
        for command in (['up', '--no-discovery', '--listen', '127.0.0.1:0'], ['sync']):
            for peer in ('nonsense', '127.0.0.1', '127.0.0.1:0', '127.0.0.1:99999', '127.0.0.1:x'):
                with self.subTest(command=command[0], peer=peer):
                    result = self.home.run('--json', *command, '--peer', peer, expect=None)
                    self.home.run('down')
                    self.assertEqual(result.code, 2, result)
                    self.assertEqual(result.error['code'], 'usage')

    def test_the_port_is_remembered(self):
        with socket.socket() as probe:   # all addresses, as a person would start it
            probe.bind(('127.0.0.1', 0))
        first = self.home.json('up', '--no-discovery')['listening']
        self.home.down()
        second = self.home.json('up', '--no-discovery')['listening']
        self.assertEqual(first.rsplit(':', 1)[1], second.rsplit(':', 1)[1])

    def test_a_home_that_is_wiped_while_its_node_runs_is_gone(self):
        self.home.up()
        self.home.json('wipe')
        self.assertFalse(self.home.path.exists())
        self.assertEqual(self.home.fails(4, 'status')['code'], 'no_home')

    def test_who_waits_for_a_home_is_served_or_told_that_it_is_busy(self):
        """Without a node, commands take turns; one that stays for good is `busy` after ten seconds."""
        crowd = [subprocess.Popen([BINARY, '--json', 'write', f'one of many {n}'], env=self.home.environment,
                                  stdout=subprocess.PIPE, stderr=subprocess.PIPE) for n in range(4)]
        for one in crowd:
            out, err = one.communicate(timeout=60)
            self.assertEqual(one.returncode, 0, err)
            self.assertIn('id', json.loads(out))
        self.assertEqual(len(self.home.entries()), 4)

    def test_a_home_that_another_command_keeps_is_busy(self):
        waiting = self.home.start('pair', '--listen', '127.0.0.1:0')
        self.addCleanup(waiting.kill)
        waiting.line()
        error = self.home.fails(1, 'list')
        self.assertEqual(error['code'], 'busy')
        self.assertIn('such as watch or pair', error['message'])
        self.assertIn('attune up', error['hint'])
        waiting.kill()
        self.home.json('list')


class Alone(unittest.TestCase):
    def setUp(self):
        self.homes = self.enterContext(Homes())

    def test_who_is_not_paired_has_nobody_to_sync_or_to_share_with(self):
        home = self.homes.new('Ada')
        status = home.json('status')
        self.assertFalse(status['paired'])
        self.assertEqual((status.get('partner', ''), status.get('check', ''), status.get('peers', []), status.get('entries', 0)), ('', '', [], 0))
        for up in (False, True):
            if up:
                home.up()
            with self.subTest(up=up):
                self.assertEqual(home.fails(5, 'write', 'x', '--shared')['code'], 'not_paired')
                entry = home.json('write', 'private')['id']
                self.assertEqual(home.fails(5, 'share', entry)['code'], 'not_paired')
                self.assertEqual(home.fails(5, 'sync')['code'], 'not_paired')
                self.assertTrue(all(not entry['shared'] for entry in home.entries()))

    def test_a_partner_who_is_not_there_is_unreachable(self):
        ada, ben = self.homes.couple()
        holder, nobody = closed_port()
        self.addCleanup(holder.close)
        error = ada.fails(5, 'sync', '--peer', nobody)
        self.assertEqual(error['code'], 'unreachable')
        self.assertIn(nobody, error['message'])
        entry = ada.json('write', 'for later', '--shared')['id']
        self.assertGreater(ada.json('status')['waiting'], 0)
        listening = ben.up()
        answer = ada.json('sync', '--peer', listening)
        self.assertEqual(answer['peers'], 1)
        self.assertGreater(answer['sent'], 0)
        self.assertEqual(ben.json('show', entry)['body'], 'for later')
        self.assertEqual(ada.json('status').get('waiting', 0), 0)
        other = ada.run('sync', '--peer', nobody)
        self.assertIn('1 device reached', other.out)
        self.assertIn(nobody, other.err, 'the address that was named is not passed over')
        again = ada.json('sync', '--peer', listening)
        self.assertEqual((again['peers'], again.get('sent', 0), again.get('received', 0)), (1, 0, 0))

    def test_a_stranger_gets_nothing_and_is_told_nothing(self):
        ada, ben = self.homes.couple()
        eve, mallory = self.homes.new('Eve'), self.homes.new('Mallory')
        pair(eve, mallory)
        listening = ada.up()
        self.assertEqual(eve.fails(5, 'sync', '--peer', listening)['code'], 'unreachable')
        host, port = listening.split(':')
        with socket.create_connection((host, int(port)), 5) as stranger:
            stranger.settimeout(30)
            stranger.sendall(os.urandom(300))
            try:
                self.assertEqual(stranger.recv(100), b'', 'a node says nothing to a stranger')
            except ConnectionResetError:
                pass
        entry = ben.json('write', 'still here', '--shared')['id']
        ben.json('sync', '--peer', listening)
        self.assertEqual(ada.json('show', entry)['body'], 'still here')

    def test_a_flood_of_strangers_does_not_keep_the_partner_out(self):
        ada, ben = self.homes.couple()
        listening = ada.up()
        host, port = listening.split(':')
        strangers = [socket.create_connection((host, int(port)), 5) for _ in range(200)]
        try:
            ben.json('write', 'through the crowd', '--shared')
            self.assertEqual(ben.json('sync', '--peer', listening)['peers'], 1)
        finally:
            for stranger in strangers:
                stranger.close()


class Together(unittest.TestCase):
    def setUp(self):
        self.homes = self.enterContext(Homes())
        self.ada, self.ben = self.homes.couple()

    def test_status_names_the_partner_without_device_or_time_of_day(self):
        self.ben.up('--peer', self.ada.up())
        eventually(lambda: self.ada.json('status').get('peers'), 'a session')
        for home, partner in ((self.ada, 'Ben'), (self.ben, 'Ada')):
            status = home.json('status')
            self.assertEqual(status['device'], f'{home.name}-laptop')
            for peer in status['peers']:
                self.assertEqual((peer['name'], peer.get('device', '')), (partner, ''))
                self.assertRegex(peer['last_sync'], r'^\d{4}-\d\d-\d\d$')

    def test_both_dialling_each_other_is_one_couple_in_sync(self):
        ada_at = self.ada.up()
        ben_at = self.ben.up('--peer', ada_at)
        self.ada.down()
        self.ada.json('up', '--listen', ada_at, '--no-discovery', '--peer', ben_at)
        for n in range(5):
            for home in (self.ada, self.ben):
                home.json('write', f'{home.name} {n}', '--shared')
        eventually(lambda: len(self.ada.entries()) == len(self.ben.entries()) == 10, 'both have all of it')
        self.assertEqual([e['id'] for e in self.ada.entries()], [e['id'] for e in self.ben.entries()])

    def test_what_was_written_while_the_other_was_away_arrives_when_they_are_back(self):
        ada_at = self.ada.up()
        self.ben.up('--peer', ada_at)
        eventually(lambda: self.ben.json('status').get('peers'), 'a session')
        self.ada.down()
        late = self.ben.json('write', 'while you were away', '--shared')['id']
        self.assertGreater(self.ben.json('status')['waiting'], 0)
        self.ada.json('up', '--listen', ada_at, '--no-discovery')
        eventually(lambda: self.ada.run('show', late, expect=None).code == 0, 'the node tries again by itself')
        eventually(lambda: self.ben.json('status').get('waiting', 0) == 0, 'and knows that it arrived')

    def test_watch_says_that_it_is_ready_then_what_arrives_one_document_a_line(self):
        self.ben.up('--peer', self.ada.up())
        window = self.ben.start('watch')
        self.addCleanup(window.kill)
        self.assertEqual(window.line(), {'event': 'ready'})
        entry = self.ada.json('write', 'hello', '--shared', '--title', 'T')['id']
        event = window.line()
        self.assertEqual((event['event'], event['entry']['id'], event['entry']['title']), ('entry', entry, 'T'))
        self.ada.json('write', 'private things do not show')
        self.ada.json('edit', entry, 'hello again')
        event = window.line()
        self.assertEqual((event['event'], event['entry']['id'], event['entry']['body']), ('edited', entry, 'hello again'))
        self.ada.json('erase', entry)
        event = window.line()
        self.assertEqual((event['event'], event['entry']['id']), ('erased', entry))
        self.assertNotIn('body', event['entry'])

    def test_watch_ends_with_its_node_and_the_node_goes_on_without_watch(self):
        self.ben.up()
        first, second = self.ben.start('watch'), self.ben.start('watch')
        self.addCleanup(second.kill)
        first.line(), second.line()
        first.process.send_signal(signal.SIGINT)
        first.process.wait(30)
        first.close()
        self.assertEqual(self.ben.json('status')['node'], 'running')
        self.ben.down()
        second.end(expect=None)


if __name__ == '__main__':
    unittest.main()
