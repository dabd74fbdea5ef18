"""Who works in a story, each at a browser of his own at his own node."""

from browser import CHINESE, Window
from browsers import Browsers
from cast import Person
from province import Province
from verbs import FieldOfficer, Visitor, Worker


class Offices:
    """Where people sit down."""

    def __init__(self, province: Province, browsers: Browsers, window: Window):
        self.province, self._browsers, self._window = province, browsers, window
        for office in province.offices.values():
            browsers.origins.append(office.console)

    def seat(self, person: Person) -> Worker:
        """He has signed in at his node."""
        return Worker(self._browsers.open(self._window, CHINESE), self.province[person.office].console, person)

    def field(self, person: Person) -> FieldOfficer:
        """He has signed in with a device whose connection to his node can be cut."""
        console = self.province[person.office].console_over_line
        self._browsers.origins.append(console)
        return FieldOfficer(self._browsers.open(self._window, CHINESE), console, person)

    def citizen(self, office: str) -> Visitor:
        return Visitor(self._browsers.open(self._window, CHINESE), self.province[office].console)
