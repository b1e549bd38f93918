"""Events that other code may listen to."""

from blinker import Namespace
from flask import request_finished, template_rendered

namespace = Namespace()

desk_opened = namespace.signal("desk-opened")
booking_changed = namespace.signal("booking-changed")
sign_in_failed = namespace.signal("sign-in-failed")


class Counter(object):
    """Counts pages, so that the office sees what is read."""

    def __init__(self):
        self.pages = {}
        self.answers = {}
        self.failed = []

    def page(self, sender, template, context, **extra):
        self.pages[template.name] = self.pages.get(template.name, 0) + 1

    def answer(self, sender, response, **extra):
        self.answers[response.status_code] = self.answers.get(response.status_code, 0) + 1

    def failure(self, sender, login, **extra):
        self.failed.append(login)


def init_app(app):
    counter = app.extensions["counter"] = Counter()
    template_rendered.connect(counter.page, app)
    request_finished.connect(counter.answer, app)
    sign_in_failed.connect(counter.failure, app)
