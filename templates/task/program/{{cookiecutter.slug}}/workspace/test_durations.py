import unittest

from durations import parse


class PlainNumbers(unittest.TestCase):
    def test_a_number_is_seconds(self):
        self.assertEqual(90, parse("90"))


if __name__ == "__main__":
    unittest.main()
