"""Half a minute of what prove_soak.py does for an hour: however two persons' six devices were killed, parted and lost, all end
with the same."""
import unittest

import lan
from prove_soak import soak_for


class Soak(unittest.TestCase):
    def test_six_devices_end_level(self):
        soak_for(0.5)


if __name__ == '__main__':
    lan.alone()
    unittest.main()
