import os


def application(environ, start_response):
    start_response(f"{os.environ.get('STATUS', '200')} Status", [("Content-Type", "text/plain")])
    return [b"hello from python\n"]
